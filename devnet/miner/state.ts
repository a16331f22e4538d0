import type { Cid } from '../cid';

/** A share of rewards that becomes free after an epoch. */
export interface Vesting {
  readonly epoch: number;
  readonly amount: bigint;
}

export interface BeneficiaryTerm {
  readonly quota: bigint;
  readonly used: bigint;
  readonly expiration: bigint;
}

export interface PendingBeneficiary {
  readonly beneficiary: number;
  readonly quota: bigint;
  readonly expiration: bigint;
  readonly approvedByBeneficiary: boolean;
  readonly approvedByNominee: boolean;
}

/** Roles of a miner; all addresses are actor ids, the pending owner too (it need not exist). */
export interface MinerInfo {
  readonly owner: number;
  readonly worker: number;
  readonly control: readonly number[];
  readonly pendingWorker: { readonly worker: number; readonly effectiveAt: number } | null;
  readonly peerId: Uint8Array;
  readonly consensusFaultElapsed: number;
  readonly pendingOwner: number | null;
  readonly beneficiary: number;
  readonly term: BeneficiaryTerm;
  readonly pendingBeneficiary: PendingBeneficiary | null;
}

/** A miner actor's state beside its balance; amounts in attoFIL, power in bytes, as if no sector were faulty. */
export interface MinerState {
  readonly info: MinerInfo;
  readonly preCommitDeposits: bigint;
  readonly lockedFunds: bigint;
  readonly vesting: readonly Vesting[];
  readonly feeDebt: bigint;
  readonly initialPledge: bigint;
  readonly provingPeriodStart: number;
  readonly rawPower: bigint;
  readonly qualityPower: bigint;
  readonly sectors: number;
  /** Of the sectors, how many are faulty: the first ones. They give no power. */
  readonly faulty: number;
}

export const NO_FAULT = -1;

export function newMiner(owner: number, worker: number, provingPeriodStart: number): MinerState {
  return {
    info: {
      owner,
      worker,
      control: [],
      pendingWorker: null,
      peerId: new Uint8Array(),
      consensusFaultElapsed: NO_FAULT,
      pendingOwner: null,
      beneficiary: owner,
      term: { quota: 0n, used: 0n, expiration: 0n },
      pendingBeneficiary: null,
    },
    preCommitDeposits: 0n,
    lockedFunds: 0n,
    vesting: [],
    feeDebt: 0n,
    initialPledge: 0n,
    provingPeriodStart,
    rawPower: 0n,
    qualityPower: 0n,
    sectors: 0,
    faulty: 0,
  };
}

/** Balance less everything that is locked: before fee debt. */
export const unlocked = (balance: bigint, m: MinerState): bigint =>
  balance - m.lockedFunds - m.preCommitDeposits - m.initialPledge;

/** What a withdrawal could take, fee debt already out; may be negative. */
export const available = (balance: bigint, m: MinerState): bigint => unlocked(balance, m) - m.feeDebt;

/** Power as the power actor claims it: faulty sectors give none. */
export function claimed(power: bigint, { sectors, faulty }: MinerState): bigint {
  return faulty === 0 ? power : (power * BigInt(sectors - faulty)) / BigInt(sectors);
}

/** The info block's CID and the state's are made where they are stored. */
export interface MinerCids {
  readonly info: Cid;
  readonly head: Cid;
}
