import { EXIT } from '../exit';
import { requiredFunds, type Message } from '../message';
import type { Trace } from './call';
import { gasCost, type GasCost } from './cost';
import { backtrace, execute } from './machine';
import { onChainMessage, onChainReturn } from './prices';
import { actorAt, ACTOR_ID, addBalance, putActor, type State } from './state';

export interface Receipt {
  readonly exit: number;
  readonly ret: Uint8Array;
  readonly gasUsed: number;
}

/** A message executed: its receipt, cost, trace and the text of its failure. */
export interface Applied {
  readonly state: State;
  readonly receipt: Receipt;
  readonly cost: GasCost;
  readonly trace: Trace;
  readonly error: string;
}

const NOTHING = new Uint8Array();

/** A message that may not be executed at all: unknown sender, wrong nonce, or no money for gas. */
export class NotApplicable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotApplicable';
  }
}

function emptyTrace(m: Message, from: number, gas: number): Trace {
  const send = { from, to: m.to, value: m.value, method: m.method, params: m.params };
  return { send, invoked: null, exit: EXIT.outOfGas, ret: NOTHING, gas, subcalls: [] };
}

function payGas(state: State, sender: number, cost: GasCost): State {
  const charged = addBalance(state, sender, -cost.totalCost);
  const burnt = addBalance(charged, ACTOR_ID.burnt, cost.baseFeeBurn + cost.overEstimationBurn);
  return addBalance(burnt, ACTOR_ID.reward, cost.minerTip);
}

/**
 * Executes a message of a block with gas, nonce and fees. `size` is its length on chain. The reserved gas money is
 * out of the sender's reach while it runs, as in the FVM.
 */
export function applyMessage(
  state: State,
  epoch: number,
  baseFee: bigint,
  m: Message,
  size: number,
): Applied {
  const sender = actorAt(state, m.from);
  if (sender === undefined) throw new NotApplicable(`sender ${m.from} not found on chain`);
  if (sender.kind !== 'account') throw new NotApplicable('sender is not an account');
  if (sender.nonce !== m.nonce)
    throw new NotApplicable(`nonce ${m.nonce} of ${m.from} is not ${sender.nonce}`);
  const reserved = requiredFunds(m);
  if (sender.balance < reserved) throw new NotApplicable(`sender ${m.from} can not pay for gas`);

  const inclusion = onChainMessage(size);
  const numbered = putActor(state, { ...sender, nonce: sender.nonce + 1 });
  if (inclusion > m.gasLimit) {
    const cost = gasCost(m, m.gasLimit, baseFee);
    const receipt = { exit: EXIT.outOfGas, ret: NOTHING, gasUsed: m.gasLimit };
    const trace = emptyTrace(m, sender.id, m.gasLimit);
    return { state: payGas(numbered, sender.id, cost), receipt, cost, trace, error: 'out of gas (7)' };
  }

  const meter = { limit: m.gasLimit, used: inclusion };
  const held = addBalance(numbered, sender.id, -reserved);
  const send = { from: sender.id, to: m.to, value: m.value, method: m.method, params: m.params };
  const run = execute(held, epoch, send, meter);
  const back = addBalance(run.state, sender.id, reserved);
  const used = Math.min(meter.limit, meter.used + onChainReturn(run.outcome.ret.length));
  const cost = gasCost(m, used, baseFee);
  return {
    state: payGas(back, sender.id, cost),
    receipt: { exit: run.outcome.exit, ret: run.outcome.ret, gasUsed: used },
    cost,
    trace: run.trace,
    error: backtrace(run),
  };
}

/** Runs a message without nonce or fees, as StateCall does; the state is thrown away by the caller. */
export function applyFree(state: State, epoch: number, m: Message): Applied {
  const sender = actorAt(state, m.from);
  if (sender === undefined) throw new NotApplicable(`sender ${m.from} not found on chain`);
  const meter = { limit: m.gasLimit === 0 ? Number.MAX_SAFE_INTEGER : m.gasLimit, used: 0 };
  const send = { from: sender.id, to: m.to, value: m.value, method: m.method, params: m.params };
  const run = execute(state, epoch, send, meter);
  const receipt = { exit: run.outcome.exit, ret: run.outcome.ret, gasUsed: meter.used };
  const free = { ...m, gasFeeCap: 0n, gasPremium: 0n };
  return {
    state: run.state,
    receipt,
    cost: gasCost(free, meter.used, 0n),
    trace: run.trace,
    error: backtrace(run),
  };
}
