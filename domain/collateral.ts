/**
 * What threatens the collateral of a loan: one rule a kind, over a miner as read at a finalised tipset. The sentences
 * name what changed, from what to what, and at which epochs it was read.
 */
import { hasDebt, type LoanState } from './loan';
import { formatCoins } from './money';
import type { MinerFacts } from './preflight';

/** A miner at one height, as far as the rules look. Amounts in attoFIL and power in bytes, as decimal text. */
export type CollateralReading = Pick<
  MinerFacts,
  | 'miner'
  | 'height'
  | 'owner'
  | 'pendingOwner'
  | 'beneficiary'
  | 'pendingBeneficiary'
  | 'pendingTerm'
  | 'pendingWorker'
  | 'workerChangeEpoch'
  | 'feeDebt'
  | 'qualityPower'
  | 'sectors'
>;

export const THREATS = [
  'owner-lost',
  'owner-pending',
  'beneficiary-foreign',
  'beneficiary-pending',
  'fee-debt',
  'power-lost',
  'faults',
  'worker-pending',
] as const;
export type ThreatKind = (typeof THREATS)[number];

/** Shares in hundredths of a percent; a miner at the share is over it. */
export interface CollateralPolicy {
  /** Of the highest quality-adjusted power read since the loan was disbursed. */
  readonly powerLost: number;
  /** Faulty of live sectors. */
  readonly faults: number;
}

export const COLLATERAL_POLICY: CollateralPolicy = { powerLost: 1_000, faults: 1_200 };

/** What a loan holds its miner to. */
export interface CollateralTerms {
  /** Our escrow's ID address. */
  readonly escrow: string;
  /** Highest quality-adjusted power (bytes) read since the disbursement, the present reading included. */
  readonly highestPower: bigint;
  readonly policy: CollateralPolicy;
}

export interface Threat {
  readonly kind: ThreatKind;
  /** The address that holds or is offered a role; '' where a figure is at fault. Another is another threat. */
  readonly about: string;
  /** As read before, or what the loan wants where nothing better was read before. */
  readonly was: string;
  readonly became: string;
  /** Height of the reading that was still good; null where there is none next to this one. */
  readonly beforeHeight: number | null;
  readonly sentence: string;
}

interface Rule {
  readonly name: string;
  readonly value: (seen: CollateralReading) => string;
  readonly wanted: (seen: CollateralReading, terms: CollateralTerms) => string;
  /** What the threat is about; null where all is well. */
  readonly about: (seen: CollateralReading, terms: CollateralTerms) => string | null;
  readonly why: (seen: CollateralReading, terms: CollateralTerms) => string;
}

const SHARE = 10_000n;

/** Hundredths of a percent as people read them: 1250 → '12.5 %'. */
function percent(share: bigint | number): string {
  return `${Number(share) / 100} %`;
}

function powerShare(seen: CollateralReading, { highestPower }: CollateralTerms): bigint {
  const lost = highestPower - BigInt(seen.qualityPower);
  return highestPower === 0n ? 0n : (lost * SHARE) / highestPower;
}

function faultShare({ sectors: { live, faulty } }: CollateralReading): bigint {
  return live === 0 ? 0n : (BigInt(faulty) * SHARE) / BigInt(live);
}

/** The address where it is not one of those that may hold the role. */
function unless(address: string | null, ...allowed: readonly string[]): string | null {
  return address === null || allowed.includes(address) ? null : address;
}

function nomineeOf({ pendingBeneficiary, pendingTerm }: CollateralReading): string {
  if (pendingBeneficiary === null) return 'nobody';
  if (pendingTerm === null) return pendingBeneficiary;
  const { quota, expiration } = pendingTerm;
  return `${pendingBeneficiary} (quota ${formatCoins(BigInt(quota))} FIL until epoch ${expiration})`;
}

function newWorkerOf({ pendingWorker, workerChangeEpoch }: CollateralReading): string {
  return pendingWorker === null ? 'nobody' : `${pendingWorker} (from epoch ${workerChangeEpoch})`;
}

const nobody = (): string => 'nobody';

const RULES: Readonly<Record<ThreatKind, Rule>> = {
  'owner-lost': {
    name: 'The owner',
    value: ({ owner }) => owner,
    wanted: (_, { escrow }) => escrow,
    about: ({ owner }, { escrow }) => unless(owner, escrow),
    why: () => 'our escrow does not own it',
  },
  'owner-pending': {
    name: 'The proposed owner',
    value: ({ pendingOwner }) => pendingOwner ?? 'nobody',
    wanted: nobody,
    about: ({ pendingOwner }) => pendingOwner,
    why: () => 'that address can take the owner role by confirming',
  },
  'beneficiary-foreign': {
    name: 'The beneficiary',
    value: ({ beneficiary }) => beneficiary,
    wanted: (_, { escrow }) => escrow,
    about: ({ beneficiary, owner }) => unless(beneficiary, owner),
    why: () => 'withdrawals of the miner are paid to it',
  },
  'beneficiary-pending': {
    name: 'The proposed beneficiary',
    value: nomineeOf,
    wanted: nobody,
    about: ({ pendingBeneficiary, owner }) => unless(pendingBeneficiary, owner),
    why: () => 'once approved, withdrawals of the miner are paid to it',
  },
  'fee-debt': {
    name: 'The fee debt',
    value: ({ feeDebt }) => `${formatCoins(BigInt(feeDebt))} FIL`,
    wanted: () => '0 FIL',
    about: ({ feeDebt }) => (feeDebt === '0' ? null : ''),
    why: () => 'it is taken out of the balance before anything can be withdrawn',
  },
  'power-lost': {
    name: 'The quality-adjusted power',
    value: ({ qualityPower }) => `${qualityPower} bytes`,
    wanted: (_, { highestPower }) => `${highestPower} bytes`,
    about: (seen, terms) => (powerShare(seen, terms) >= BigInt(terms.policy.powerLost) ? '' : null),
    why: (seen, terms) =>
      `${percent(powerShare(seen, terms))} below the highest read since the loan, ${terms.highestPower} bytes; ` +
      `the limit is ${percent(terms.policy.powerLost)}`,
  },
  faults: {
    name: 'The count of faulty sectors',
    value: ({ sectors: { live, faulty } }) => `${faulty} of ${live} sectors`,
    wanted: () => 'none',
    about: (seen, { policy }) => (faultShare(seen) >= BigInt(policy.faults) ? '' : null),
    why: (seen, { policy }) =>
      `${percent(faultShare(seen))} of its sectors; the limit is ${percent(policy.faults)}`,
  },
  'worker-pending': {
    name: 'The proposed worker',
    value: newWorkerOf,
    wanted: nobody,
    about: ({ pendingWorker }) => pendingWorker,
    why: () => 'a worker can terminate sectors',
  },
};

/**
 * What threatens the loan in this reading, in the order of THREATS.
 * @param before the reading before, if there is one
 */
export function threatsIn(
  seen: CollateralReading,
  before: CollateralReading | null,
  terms: CollateralTerms,
): Threat[] {
  return THREATS.flatMap((kind): Threat[] => {
    const rule = RULES[kind];
    const about = rule.about(seen, terms);
    if (about === null) return [];
    const became = rule.value(seen);
    const at = `${rule.name} of miner ${seen.miner}`;
    // Only a reading in which all was well can say that it changed since.
    if (before !== null && rule.about(before, terms) !== about) {
      const was = rule.value(before);
      const sentence =
        `${at} went from ${was} at epoch ${before.height} to ${became} at epoch ${seen.height}: ` +
        rule.why(seen, terms);
      return [{ kind, about, was, became, beforeHeight: before.height, sentence }];
    }
    const was = rule.wanted(seen, terms);
    const sentence = `${at} is ${became} at epoch ${seen.height}, not ${was}: ${rule.why(seen, terms)}`;
    return [{ kind, about, was, became, beforeHeight: null, sentence }];
  });
}

/** Is FIL in the miner, or about to be, for which it stands as the security? */
export function isWatched(state: LoanState): boolean {
  return hasDebt(state) || state === 'disbursing';
}
