import { idAddress, protocolOf, type Address } from '../address';
import { CborEnd, CborMismatch } from '../cbor';
import { Abort, EXIT, OutOfGas, Undeliverable } from '../exit';
import { tokenText } from '../token';
import type { Frame, Machine, Outcome, Send, Trace } from './call';
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
  /** From the source of a failure up to the top. */
  readonly frames: readonly Frame[];
  readonly cause: string | null;
  readonly state: State;
}

/** A run in progress. */
interface Run {
  readonly machine: Machine;
  readonly meter: GasMeter;
  readonly frames: Frame[];
  cause: string | null;
  /** Traces of the sends made so far by the frame that is running. */
  siblings: Trace[];
}

const NOTHING = new Uint8Array();

function charge(meter: GasMeter, gas: number): void {
  meter.used += gas;
  if (meter.used <= meter.limit) return;
  meter.used = meter.limit;
  throw new OutOfGas();
}

function makeAccount(run: Run, to: Address): void {
  const protocol = protocolOf(to);
  if (protocol !== 1 && protocol !== 3 && protocol !== 4) {
    const shown = resolveId(run.machine.state, to) ?? to;
    throw new Undeliverable(EXIT.invalidReceiver, `actor does not exist: ${shown} (6: resource not found)`);
  }
  run.machine.charge(GAS.createAccount);
  run.machine.state = addAccount(run.machine.state, to);
}

function transfer(run: Run, from: number, to: number, value: bigint): void {
  const balance = actorById(run.machine.state, from)?.balance ?? 0n;
  if (balance < value) {
    const facts = `balance ${tokenText(balance)}, transfer ${tokenText(value)}`;
    const text = `sender does not have funds to transfer (${facts}) (5: insufficient funds)`;
    throw new Undeliverable(EXIT.insufficientFunds, text);
  }
  run.machine.state = addBalance(addBalance(run.machine.state, from, -value), to, value);
}

function invoke(run: Run, send: Send): Uint8Array {
  const { machine } = run;
  machine.charge(GAS.send);
  if (actorAt(machine.state, send.to) === undefined) makeAccount(run, send.to);
  const receiver = actorAt(machine.state, send.to);
  if (receiver === undefined) throw new Error(`receiver ${send.to} is gone`);
  if (send.value !== 0n) transfer(run, send.from, receiver.id, send.value);
  if (send.method === 0) return NOTHING;
  machine.charge(GAS.invoke - GAS.send);
  const { from: caller, value, method, params } = send;
  return codeFor(receiver.kind)({ machine, caller, self: receiver.id, value, method, params });
}

/** Sorts an error into the exit code it means, noting the backtrace; anything else is a fault of ours. */
function exitOf(run: Run, send: Send, before: State, error: unknown): number {
  if (error instanceof OutOfGas) return EXIT.outOfGas;
  if (error instanceof Undeliverable) {
    run.cause = `send::send -- ${error.message}`;
    return error.exit;
  }
  const unreadable = error instanceof CborMismatch || error instanceof CborEnd;
  const abort = unreadable
    ? new Abort(EXIT.serialization, `Serialization error for Cbor protocol: ${error.message}`)
    : error;
  if (!(abort instanceof Abort)) throw error;
  const source = resolveId(before, send.to) ?? 0;
  run.frames.push({ source, method: send.method, message: abort.message, exit: abort.exit });
  return abort.exit;
}

function perform(run: Run, send: Send): Outcome {
  const before = run.machine.state;
  const outer = run.siblings;
  const gasBefore = run.meter.used;
  run.siblings = [];
  const leave = (outcome: Outcome): Outcome => {
    const gas = run.meter.used - gasBefore;
    const invoked = actorAt(before, send.to) ?? null;
    outer.push({ send, invoked, exit: outcome.exit, ret: outcome.ret, gas, subcalls: run.siblings });
    run.siblings = outer;
    return outcome;
  };
  try {
    const ret = invoke(run, send);
    // What failed further down was taken as an answer, so it is no part of a later failure.
    run.frames.length = 0;
    run.cause = null;
    return leave({ exit: EXIT.ok, ret });
  } catch (error) {
    const exit = exitOf(run, send, before, error);
    run.machine.state = before;
    leave({ exit, ret: NOTHING });
    if (error instanceof OutOfGas) throw error;
    return { exit, ret: NOTHING };
  }
}

/** Runs one send and all that it causes on the state; gas is counted on the meter. */
export function execute(start: State, epoch: number, top: Send, meter: GasMeter): Execution {
  const run: Run = {
    meter,
    frames: [],
    cause: null,
    siblings: [],
    machine: { state: start, epoch, charge: (gas) => charge(meter, gas), send: (next) => perform(run, next) },
  };
  let outcome: Outcome;
  try {
    outcome = perform(run, top);
  } catch (error) {
    if (!(error instanceof OutOfGas)) throw error;
    outcome = { exit: EXIT.outOfGas, ret: NOTHING };
  }
  const trace = run.siblings.at(-1);
  if (trace === undefined) throw new Error('a send left no trace');
  return { outcome, trace, frames: run.frames, cause: run.cause, state: run.machine.state };
}

/** The text of a failure as Lotus gives it in InvocResult.Error; empty when the message succeeded. */
export function backtrace({ outcome, frames, cause }: Execution): string {
  if (outcome.exit === EXIT.ok) return '';
  if (outcome.exit === EXIT.outOfGas && frames.length === 0) return 'out of gas (7)';
  const lines = [...frames].reverse().map((frame, i) => {
    const where = `${String(i).padStart(2, '0')}: ${idAddress(frame.source)} (method ${frame.method})`;
    return `${where} -- ${frame.message} (${frame.exit})\n`;
  });
  const because = cause === null ? '' : `--> caused by: ${cause}\n`;
  return `message failed with backtrace:\n${lines.join('')}${because} (RetCode=${outcome.exit})`;
}
