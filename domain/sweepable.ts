/** Which part of a miner's available balance is income, and how much of it a sweep asks for (design 6). */
import { atto, type Atto } from './money';

/** All at one finalised tipset, in atto; the available balance may be negative while the miner has fee debt. */
export interface MinerFunds {
  readonly available: bigint;
  /** InitialPledge + PreCommitDeposits. */
  readonly pledge: bigint;
}

/**
 * The part of the lent FIL that still lies available in the miner: max(0, B − ΔP), B the available balance right
 * after the last disbursement, ΔP the growth of pledge and pre-commit deposits since. The loan itself is not income;
 * pledge that comes free again is not income either, so ΔP may be negative.
 */
export function keepBack(afterDisbursement: MinerFunds, now: MinerFunds): Atto {
  const left = afterDisbursement.available - (now.pledge - afterDisbursement.pledge);
  return atto(left > 0n ? left : 0n);
}

/** max(0, available − keep-back). With `released` (mature, in default, or the borrower asked) nothing is kept back. */
export function sweepable(afterDisbursement: MinerFunds, now: MinerFunds, released: boolean): Atto {
  const income = now.available - (released ? 0n : keepBack(afterDisbursement, now));
  return atto(income > 0n ? income : 0n);
}

export interface SweepFloor {
  /** Below this a sweep of income is not worth its gas, atto. */
  readonly income: Atto;
  /** The same once nothing is kept back. */
  readonly released: Atto;
}

/**
 * What a sweep asks the miner for: never more than the payoff, so that nothing is taken that is not owed. A sum under
 * its floor waits, unless it ends the debt. Zero: no sweep.
 */
export function sweepRequest(income: Atto, payoff: Atto, released: boolean, floor: SweepFloor): Atto {
  const request = income < payoff ? income : payoff;
  const enough = request === payoff || request >= (released ? floor.released : floor.income);
  return enough ? request : atto(0n);
}
