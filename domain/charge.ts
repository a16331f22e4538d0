/**
 * What a loan owes beside principal and interest (docs/money.md): the origination fee, due with the first
 * disbursement, and the penalty, counted on the principal for each epoch from the maturity on, simple and never on
 * interest. Exact: what is counted is kept scaled by a ray, so that counting in parts is counting at once.
 */
import { mulDivCeil, RAY } from './ray';

export interface Charges {
  /** attoFIL in all, and of it paid. */
  readonly fee: bigint;
  readonly feePaid: bigint;
  /** Penalty of one epoch, ray. */
  readonly penaltyRate: bigint;
  /** Counted so far: attoFIL × ray. */
  readonly penaltyAccrued: bigint;
  readonly penaltyPaid: bigint;
  /** Counted up to this epoch; null where none was. */
  readonly penaltyEpoch: number | null;
  /** The maturity; null before the first disbursement: nothing is due then. */
  readonly dueEpoch: number | null;
}

/** A loan without fee, penalty or maturity. */
export const NO_CHARGES: Charges = {
  fee: 0n,
  feePaid: 0n,
  penaltyRate: 0n,
  penaltyAccrued: 0n,
  penaltyPaid: 0n,
  penaltyEpoch: null,
  dueEpoch: null,
};

/** Hundredths of a percent a year in ray: 1,050 = 10.5 %. */
export function bpsToRay(bps: number): bigint {
  return (BigInt(bps) * RAY) / 10_000n;
}

/** Counts the penalty of the epochs up to `epoch`, the principal having been the same since it was last counted. */
export function countPenalty(charges: Charges, principal: bigint, epoch: number): Charges {
  const { dueEpoch, penaltyEpoch, penaltyRate, penaltyAccrued } = charges;
  if (dueEpoch === null) return charges;
  const from = Math.max(dueEpoch, penaltyEpoch ?? 0);
  if (epoch <= from) return charges;
  const grown = principal * penaltyRate * BigInt(epoch - from);
  return { ...charges, penaltyAccrued: penaltyAccrued + grown, penaltyEpoch: epoch };
}

/** The first disbursement, included at `epoch`, makes the charges due and sets the maturity; later ones change nothing. */
export function beginTerm(charges: Charges, termEpochs: number | null, epoch: number): Charges {
  if (charges.dueEpoch !== null || termEpochs === null) return charges;
  return { ...charges, dueEpoch: epoch + termEpochs };
}

/** Moves the maturity: up to the clock the penalty is counted by the old one. */
export function moveDue(charges: Charges, principal: bigint, clock: number, dueEpoch: number): Charges {
  return { ...countPenalty(charges, principal, clock), dueEpoch };
}

/** What is owed of both now: fee less paid; ⌈counted ÷ ray⌉ less paid. */
export function dueCharges(charges: Charges): { fee: bigint; penalty: bigint } {
  if (charges.dueEpoch === null) return { fee: 0n, penalty: 0n };
  return {
    fee: charges.fee - charges.feePaid,
    penalty: mulDivCeil(charges.penaltyAccrued, 1n, RAY) - charges.penaltyPaid,
  };
}

/** The charges after parts of them were paid. */
export function payCharges(charges: Charges, paid: { fee: bigint; penalty: bigint }): Charges {
  return {
    ...charges,
    feePaid: charges.feePaid + paid.fee,
    penaltyPaid: charges.penaltyPaid + paid.penalty,
  };
}
