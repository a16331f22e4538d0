/**
 * The pre-flight of a loan: what a miner must look like, at one finalised tipset, at each of the four moments it is
 * judged. The report names every check with the value seen, so that it can be shown and kept.
 */
import type { RefusalCode } from './refusal';

export type PreflightStage = 'application' | 'proposed' | 'confirmed' | 'signing';

/** Kind of the actor that owns the miner on chain. */
export type OwnerKind = 'account' | 'multisig' | 'contract' | 'other';

/** What a beneficiary other than the owner may take, attoFIL as text. */
export interface BeneficiaryTerm {
  readonly quota: string;
  readonly usedQuota: string;
  readonly expiration: number;
}

/** A change of beneficiary that waits for approvals. */
export interface PendingTerm {
  readonly quota: string;
  readonly expiration: number;
  readonly approvedByBeneficiary: boolean;
  readonly approvedByNominee: boolean;
}

/** Sectors by state; live ones are active, faulty or not proven yet. */
export interface SectorCount {
  readonly live: number;
  readonly active: number;
  readonly faulty: number;
}

/** A miner as read at one finalised tipset; ID addresses as printed, amounts as decimal text in atto. */
export interface MinerFacts {
  readonly miner: string;
  readonly height: number;
  readonly tipsetKey: readonly string[];
  readonly owner: string;
  readonly ownerKind: OwnerKind;
  /** The key address (f1, f3) behind the owner's ID; null where the owner is no account. */
  readonly ownerKey: string | null;
  /** From GetOwner by StateCall, never from StateMinerInfo, which is always null (lotus-behaviour 1.1). */
  readonly pendingOwner: string | null;
  readonly beneficiary: string;
  /** The nominee of a pending change of beneficiary. */
  readonly pendingBeneficiary: string | null;
  readonly beneficiaryTerm: BeneficiaryTerm | null;
  readonly pendingTerm: PendingTerm | null;
  readonly worker: string;
  readonly feeDebt: string;
  readonly available: string;
  readonly initialPledge: string;
  readonly preCommitDeposits: string;
  readonly lockedFunds: string;
  readonly rawPower: string;
  readonly qualityPower: string;
  /** The worker that a pending change of worker names. */
  readonly pendingWorker: string | null;
  /** From which the pending worker may be confirmed; -1 where none is pending. */
  readonly workerChangeEpoch: number;
  readonly sectors: SectorCount;
  /** Epoch until which a consensus fault bars the miner from blocks; -1 where there was none. */
  readonly consensusFaultElapsed: number;
}

/** What is expected at a stage. */
export interface PreflightExpectation {
  readonly stage: PreflightStage;
  /** The owner that applied, as an ID address; null before it is known (at application). */
  readonly ownerBefore: string | null;
  /** Our escrow's ID address; null before it exists. */
  readonly escrow: string | null;
  /** Did the signature verify for `proofAddress`? */
  readonly proofVerifies: boolean;
  /** The address that signed, as printed. */
  readonly proofAddress: string;
  /** Last epoch at which the proof is taken; judged at application only. */
  readonly proofExpiryEpoch: number;
  /** Another open loan secured by this miner, if any. */
  readonly otherLoan: string | null;
}

export interface PreflightCheck {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
  readonly passed: boolean;
  readonly code: RefusalCode | null;
}

export interface PreflightReport {
  readonly stage: PreflightStage;
  readonly miner: string;
  readonly height: number;
  readonly tipsetKey: readonly string[];
  readonly checks: readonly PreflightCheck[];
  readonly passed: boolean;
  /** Of the first check that failed. */
  readonly code: RefusalCode | null;
}

function check(
  name: string,
  value: string,
  wanted: string,
  passed: boolean,
  code: RefusalCode,
): PreflightCheck {
  return { name, value, wanted, passed, code: passed ? null : code };
}

/** A figure that is recorded for the reader and judged by nobody. */
function noted(name: string, value: string): PreflightCheck {
  return { name, value, wanted: 'recorded', passed: true, code: null };
}

function ownerKindCheck(facts: MinerFacts): PreflightCheck {
  const code = facts.ownerKind === 'multisig' ? 'owner-kind-multisig' : 'owner-kind-contract';
  return check(
    'owner kind',
    facts.ownerKind,
    'account with a key (f1 or f3)',
    facts.ownerKind === 'account',
    code,
  );
}

function proofChecks(facts: MinerFacts, expected: PreflightExpectation): PreflightCheck[] {
  const byOwner = expected.proofAddress === facts.ownerKey || expected.proofAddress === facts.owner;
  return [
    check(
      'owner proof signature',
      expected.proofVerifies ? 'verifies' : 'does not verify',
      'verifies',
      expected.proofVerifies,
      'owner-proof-invalid',
    ),
    check(
      'owner proof signer',
      expected.proofAddress,
      facts.ownerKey ?? facts.owner,
      byOwner,
      'owner-proof-invalid',
    ),
    check(
      'owner proof expiry',
      `epoch ${expected.proofExpiryEpoch}`,
      `epoch ${facts.height} or later`,
      facts.height <= expected.proofExpiryEpoch,
      'owner-proof-expired',
    ),
  ];
}

/** Who must own the miner, and who may be proposed, at a stage. */
function ownership(
  facts: MinerFacts,
  expected: PreflightExpectation,
): { owner: string; pending: string | null } {
  const before = expected.ownerBefore ?? facts.owner;
  const escrow = expected.escrow ?? 'no escrow address yet';
  switch (expected.stage) {
    case 'application':
      return { owner: before, pending: null };
    case 'proposed':
      return { owner: before, pending: escrow };
    case 'confirmed':
    case 'signing':
      return { owner: escrow, pending: null };
  }
}

/**
 * Judges a miner at one finalised tipset. At application the owner's proof and kind are judged; later the owner must
 * be who it was, then us. At every stage: beneficiary = owner, no change of beneficiary pending, no fee debt, and no
 * other open loan. Power, pledge and faults are recorded.
 */
export function preflight(facts: MinerFacts, expected: PreflightExpectation): PreflightReport {
  const { owner, pending } = ownership(facts, expected);
  const checks = [
    ...(expected.stage === 'application' ? [ownerKindCheck(facts), ...proofChecks(facts, expected)] : []),
    check('owner', facts.owner, owner, facts.owner === owner, 'owner-changed'),
    check(
      'pending owner',
      facts.pendingOwner ?? 'none',
      pending ?? 'none',
      facts.pendingOwner === pending,
      'owner-pending-foreign',
    ),
    check('beneficiary', facts.beneficiary, owner, facts.beneficiary === owner, 'beneficiary-foreign'),
    check(
      'pending beneficiary',
      facts.pendingBeneficiary ?? 'none',
      'none',
      facts.pendingBeneficiary === null,
      'beneficiary-term-pending',
    ),
    check('fee debt', facts.feeDebt, '0', facts.feeDebt === '0', 'fee-debt'),
    check(
      'other open loan',
      expected.otherLoan ?? 'none',
      'none',
      expected.otherLoan === null,
      'miner-has-open-loan',
    ),
    noted('worker', facts.worker),
    noted('available balance', facts.available),
    noted('initial pledge', facts.initialPledge),
    noted('pre-commit deposits', facts.preCommitDeposits),
    noted('locked (vesting)', facts.lockedFunds),
    noted('raw byte power', facts.rawPower),
    noted('quality-adjusted power', facts.qualityPower),
    noted('faulty of live sectors', `${facts.sectors.faulty} of ${facts.sectors.live}`),
    noted('pending worker', facts.pendingWorker ?? 'none'),
    noted('consensus fault elapsed', String(facts.consensusFaultElapsed)),
  ];
  const failed = checks.find((one) => !one.passed);
  const { miner, height, tipsetKey } = facts;
  return {
    stage: expected.stage,
    miner,
    height,
    tipsetKey,
    checks,
    passed: failed === undefined,
    code: failed?.code ?? null,
  };
}
