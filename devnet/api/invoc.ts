import { idAddress } from '../address';
import { base64, link, messageJson, type Message } from '../message';
import type { Cid } from '../cid';
import type { Applied, Receipt } from '../vm/apply';
import type { Trace } from '../vm/call';
import { gasCostJson } from '../vm/cost';
import { codeOf, type Actor } from '../vm/state';
import { actorHead } from './actor-json';

const DAG_CBOR = 0x51;

export const receiptJson = (r: Receipt): Record<string, unknown> => ({
  ExitCode: r.exit,
  Return: base64(r.ret),
  GasUsed: r.gasUsed,
  EventsRoot: null,
});

const invokedJson = (actor: Actor): Record<string, unknown> => ({
  Id: actor.id,
  State: {
    Code: link(codeOf(actor.kind)),
    Head: link(actorHead(actor)),
    Nonce: actor.nonce,
    Balance: actor.balance.toString(),
    DelegatedAddress: actor.delegated,
  },
});

/** One frame of an execution trace with its sub-calls. */
export function traceJson(trace: Trace): Record<string, unknown> {
  const { send } = trace;
  return {
    Msg: {
      From: idAddress(send.from),
      To: send.to,
      Value: send.value.toString(),
      Method: send.method,
      Params: base64(send.params),
      ParamsCodec: send.params.length === 0 ? 0 : DAG_CBOR,
      GasLimit: 0,
      ReadOnly: false,
    },
    MsgRct: {
      ExitCode: trace.exit,
      Return: base64(trace.ret),
      ReturnCodec: trace.ret.length === 0 ? 0 : DAG_CBOR,
    },
    ...(trace.invoked === null ? {} : { InvokedActor: invokedJson(trace.invoked) }),
    GasCharges: [{ Name: 'OnExecution', tg: trace.gas, cg: trace.gas, sg: 0, tt: 0 }],
    Subcalls: trace.subcalls.length === 0 ? null : trace.subcalls.map(traceJson),
  };
}

/** An InvocResult: the answer of StateCall, StateReplay and each entry of StateCompute. */
export function invocJson(cid: Cid, m: Message, applied: Applied, paid: boolean): Record<string, unknown> {
  return {
    MsgCid: link(cid),
    Msg: messageJson(m),
    MsgRct: receiptJson(applied.receipt),
    GasCost: paid ? gasCostJson(m, applied.cost) : gasCostJson(null),
    ExecutionTrace: traceJson(applied.trace),
    Error: applied.error,
    Duration: 1_000_000,
  };
}
