/** The terms of a loan: what it is lent on, and how that may change while it runs. Pure. */
import { judgePlan, type PlannedDisbursement } from './disbursement';
import { attoText, parseAtto, type AttoText } from './money';
import { refuse, type Refusal } from './refusal';
import { isWaterfall, WATERFALL, type Part } from './waterfall';

/** What a loan is lent on; set before its approval, and fixed by it. */
export interface LendingTerms {
  /** Rate a year in hundredths of a percent, fixed for the life of the loan; null = the pool's own. */
  readonly fixedBps: number | null;
  /** Origination fee, attoFIL: due with the first disbursement, income of the platform. */
  readonly fee: AttoText;
  /** A year, on the principal, for each epoch from the maturity on; 0 = none. */
  readonly penaltyBps: number;
  /** In which order a payment is split. */
  readonly waterfall: readonly Part[];
  /** How the amount is parted; none = one disbursement of the whole. */
  readonly plan: readonly PlannedDisbursement[];
}

/** The pool's rate, no fee, no penalty. */
export const STANDARD_TERMS: LendingTerms = {
  fixedBps: null,
  fee: attoText(0n),
  penaltyBps: 0,
  waterfall: WATERFALL,
  plan: [],
};

const BPS_MAX = 100_000;

const isBps = (bps: number, least: number): boolean =>
  Number.isSafeInteger(bps) && bps >= least && bps <= BPS_MAX;

/** Can a loan of `amount` attoFIL be lent on these terms? */
export function judgeTerms(
  { fixedBps, fee, penaltyBps, waterfall, plan }: LendingTerms,
  amount: bigint,
): Refusal | null {
  if (fixedBps !== null && !isBps(fixedBps, 1))
    return refuse('terms-invalid', `A fixed rate is from 1 to ${BPS_MAX} hundredths of a percent a year.`);
  if (!isBps(penaltyBps, 0))
    return refuse('terms-invalid', `A penalty is from 0 to ${BPS_MAX} hundredths of a percent a year.`);
  if (parseAtto(fee) === null) return refuse('terms-invalid', 'The fee is decimal text in attoFIL.');
  if (!isWaterfall(waterfall))
    return refuse('terms-invalid', `The order names each of ${WATERFALL.join(', ')} once.`);
  return judgePlan(plan, amount);
}

/** The pool's bucket for a rate: one for the pool's own, one for each fixed rate. */
export function bucketName(fixedBps: number | null): string {
  return fixedBps === null ? 'standard' : `fixed-${fixedBps}`;
}

export interface ExtensionTerms {
  readonly maturity: number;
  /** Where interest began: the whole term is counted from here. */
  readonly disbursedEpoch: number;
  /** The pool's clock. */
  readonly clock: number;
  readonly maxTermEpochs: number;
}

/**
 * May the maturity move to `to`? It moves forward, to an epoch that has not passed, within the longest term that the
 * platform lends for. The loan may be overdue: an extension is how it stops being so.
 */
export function judgeExtension(
  { maturity, disbursedEpoch, clock, maxTermEpochs }: ExtensionTerms,
  to: number,
): Refusal | null {
  const last = disbursedEpoch + maxTermEpochs;
  if (Number.isSafeInteger(to) && to > maturity && to > clock && to <= last) return null;
  const after = Math.max(maturity, clock);
  return refuse('extension-out-of-range', `The new maturity lies after epoch ${after}, up to epoch ${last}.`);
}
