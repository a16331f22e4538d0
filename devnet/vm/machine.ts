import { idAddress, protocolOf, type Address } from '../address';
import { CborEnd, CborMismatch } from '../cbor';
import { Abort, EXIT, OutOfGas, Undeliverable } from '../exit';
import { tokenText } from '../token';
import type { ActorCode, Frame, Machine, Outcome, Send, Trace } from './call';
import { codeFor } from './code';
import { GAS } from './prices';
import { actorAt, actorById, addAccount, addBalance, resolveId, type State } from './state';

export interface GasMeter {
  readonly limit: number;
  used: number;
}

/** Everything that one top-level send did. */
export interface Execution {
  readonly outcome: Outcome;
  readonly trace: Trace;
  readonly frames: readonly Frame[];
  readonly cause: string | null;
}

const NOTHING = new Uint8Array();

function account(state: State, to: Address): State | null {
  const protocol = protocolOf(to);
  return protocol === 1 || protocol === 3 || protocol === 4 ? addAccount(state, to) : null;
}

function refusal(error: unknown): Abort | null {
  if (error instanceof Abort) return error;
  if (error instanceof CborMismatch || error instanceof CborEnd) {
    return new Abort(EXIT.serialization, `Serialization error for Cbor protocol: ${error.message}`);
  }
  return null;
}

/** Runs one send and all that it causes on the state; gas is counted on the meter. */
export function execute(
  start: State,
  epoch: number,
  top: Send,
  meter: GasMeter,
): Execution & { state: State } {
  const frames: Frame[] = [];
  let cause: string | null = null;
  let siblings: Trace[] = [];

  const machine: Machine = {
    state: start,
    epoch,
    charge: (gas) => {
      meter.used += gas;
      if (meter.used > meter.limit) {
        meter.used = meter.limit;
        throw new OutOfGas();
      }
    },
    send: (next) => run(next),
  };

  function deliver(send: Send): void {
    if (actorAt(machine.state, send.to) === undefined) {
      const made = account(machine.state, send.to);
      if (made === null) {
        const shown = resolveId(machine.state, send.to) ?? send.to;
        throw new Undeliverable(
          EXIT.invalidReceiver,
          `actor does not exist: ${shown} (6: resource not found)`,
        );
      }
      machine.charge(GAS.createAccount);
      machine.state = made;
    }
    const from = actorById(machine.state, send.from);
    const to = resolveId(machine.state, send.to);
    if (to === undefined || send.value === 0n) return;
    if (from === undefined || from.balance < send.value) {
      const facts = `balance ${tokenText(from?.balance ?? 0n)}, transfer ${tokenText(send.value)}`;
      throw new Undeliverable(
        EXIT.insufficientFunds,
        `sender does not have funds to transfer (${facts}) (5: insufficient funds)`,
      );
    }
    machine.state = addBalance(addBalance(machine.state, send.from, -send.value), to, send.value);
  }

  function invoke(send: Send): Uint8Array {
    machine.charge(GAS.send);
    deliver(send);
    if (send.method === 0) return NOTHING;
    const receiver = actorAt(machine.state, send.to);
    if (receiver === undefined) throw new Error(`receiver ${send.to} is gone`);
    machine.charge(GAS.invoke - GAS.send);
    const code: ActorCode = codeFor(receiver.kind);
    return code({
      machine,
      caller: send.from,
      self: receiver.id,
      value: send.value,
      method: send.method,
      params: send.params,
    });
  }

  function run(send: Send): Outcome {
    const before = machine.state;
    const outer = siblings;
    const gasBefore = meter.used;
    siblings = [];
    let outcome: Outcome;
    try {
      outcome = { exit: EXIT.ok, ret: invoke(send) };
    } catch (error) {
      const abort = refusal(error);
      if (error instanceof Undeliverable) cause = `send::send -- ${error.message}`;
      else if (error instanceof OutOfGas) cause = null;
      else if (abort === null) throw error;
      const exit = abort?.exit ?? (error instanceof Undeliverable ? error.exit : EXIT.outOfGas);
      if (abort !== null) frames.push(frameOf(send, before, abort));
      machine.state = before;
      outcome = { exit, ret: NOTHING };
      outer.push(traceOf(send, before, outcome, siblings, meter.used - gasBefore));
      siblings = outer;
      if (error instanceof OutOfGas) throw error;
      return outcome;
    }
    outer.push(traceOf(send, before, outcome, siblings, meter.used - gasBefore));
    siblings = outer;
    return outcome;
  }

  let outcome: Outcome;
  try {
    outcome = run(top);
  } catch (error) {
    if (!(error instanceof OutOfGas)) throw error;
    machine.state = start;
    outcome = { exit: EXIT.outOfGas, ret: NOTHING };
  }
  const trace = siblings.at(-1);
  if (trace === undefined) throw new Error('a send left no trace');
  return { outcome, trace, frames, cause, state: machine.state };
}

const frameOf = (send: Send, state: State, abort: Abort): Frame => ({
  source: resolveId(state, send.to) ?? 0,
  method: send.method,
  message: abort.message,
  exit: abort.exit,
});

function traceOf(
  send: Send,
  before: State,
  outcome: Outcome,
  subcalls: readonly Trace[],
  gas: number,
): Trace {
  return {
    send,
    invoked: actorAt(before, send.to) ?? null,
    exit: outcome.exit,
    ret: outcome.ret,
    gas,
    subcalls,
  };
}

/** The text of a failure as Lotus gives it in InvocResult.Error; empty when the message succeeded. */
export function backtrace(execution: Execution): string {
  const { exit } = execution.outcome;
  if (exit === EXIT.ok) return '';
  if (exit === EXIT.outOfGas && execution.frames.length === 0) return 'out of gas (7)';
  const frames = [...execution.frames]
    .reverse()
    .map(
      (f, i) =>
        `${String(i).padStart(2, '0')}: ${idAddress(f.source)} (method ${f.method}) -- ${f.message} (${f.exit})\n`,
    );
  const cause = execution.cause === null ? '' : `--> caused by: ${execution.cause}\n`;
  return `message failed with backtrace:\n${frames.join('')}${cause} (RetCode=${exit})`;
}
