import type { Address } from '../address';
import type { Actor, State } from './state';

/** One send, between the top message and an actor's code or between two actors. */
export interface Send {
  readonly from: number;
  readonly to: Address;
  readonly value: bigint;
  readonly method: number;
  readonly params: Uint8Array;
}

/** What a send left behind, for traces. */
export interface Trace {
  readonly send: Send;
  /** The receiver as it was when called; null when there was none. */
  readonly invoked: Actor | null;
  readonly exit: number;
  readonly ret: Uint8Array;
  readonly gas: number;
  readonly subcalls: readonly Trace[];
}

/** A frame of the backtrace: who refused, in which method, with what words. */
export interface Frame {
  readonly source: number;
  readonly method: number;
  readonly message: string;
  readonly exit: number;
}

export interface Outcome {
  readonly exit: number;
  readonly ret: Uint8Array;
}

/** What actor code sees of the machine. `state` is replaced, never changed in place. */
export interface Machine {
  state: State;
  readonly epoch: number;
  readonly charge: (gas: number) => void;
  readonly send: (send: Send) => Outcome;
}

/** A call that reached actor code. */
export interface Call {
  readonly machine: Machine;
  readonly caller: number;
  readonly self: number;
  readonly value: bigint;
  readonly method: number;
  readonly params: Uint8Array;
}

/** The code of an actor: returns the CBOR it answers, throws Abort to refuse. */
export type ActorCode = (call: Call) => Uint8Array;
