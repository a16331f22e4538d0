import type { Address } from '../address';

/** A payment that waits for approvals. */
export interface Transaction {
  readonly to: Address;
  readonly value: bigint;
  readonly method: number;
  readonly params: Uint8Array;
  /** Ids of the signers that approve, the proposer first. */
  readonly approved: readonly number[];
}

/** A multisig actor's state beside its balance; vesting locks are not kept. */
export interface MultisigState {
  readonly signers: readonly number[];
  readonly threshold: number;
  readonly nextId: number;
  readonly pending: ReadonlyMap<number, Transaction>;
}
