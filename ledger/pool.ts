/**
 * What happens to a pool, in its order: journal, pool row, positions and their events in one transaction (design 5).
 * Each call takes the pool's row lock first; whatever else the transaction locks comes after it.
 */
import type { Knex } from 'knex';
import { poolClock } from '../db/clock';
import { liquidityShare } from '../db/liquidity-reserve';
import { lockPool, openBucket, savePool, type PoolRecord } from '../db/pool';
import { readQueue } from '../db/redemption';
import { bpsToRay } from '../domain/charge';
import { commit, release } from '../domain/debt';
import { heldBack } from '../domain/liquidity-reserve';
import { bucketName, STANDARD_TERMS, type LendingTerms } from '../domain/loan-terms';
import { atto, type Atto } from '../domain/money';
import { advance, type Advance } from '../domain/pool';
import { credit, debit, type Posting } from '../domain/posting';
import { epochRate, rateAt } from '../domain/rate';
import { isRefusal, RefusalError } from '../domain/refusal';
import { deposit } from '../domain/share';
import { assertBooks } from './check-pool';
import { mintPosition } from './position';
import { post } from './post';

/** Whose work it is: a journal's key is `<key>/accrual-<epoch>`, `key` being `<workflowId>/<step>` or the workflow id. */
export interface Origin {
  readonly workflowId: string;
  readonly key: string;
}

/** Lines of nothing are no lines. */
export function lines(...postings: readonly Posting[]): Posting[] {
  return postings.filter(({ amount }) => amount !== 0n);
}

/** Journals the interest from the pool's last epoch to `toEpoch`: one journal and one run. The caller saves the pool. */
export async function accrue(
  trx: Knex.Transaction,
  record: PoolRecord,
  toEpoch: number,
  { workflowId, key }: Origin,
): Promise<Advance> {
  const run = advance(record.pool, record.rates, toEpoch);
  const fromEpoch = record.pool.lastEpoch;
  if (toEpoch === fromEpoch) return run;
  const { interest, toReserve } = run;
  const journal = {
    key: `${key}/accrual-${toEpoch}`,
    kind: 'accrual',
    asset: 'FIL' as const,
    effectiveEpoch: toEpoch,
    workflowId,
    poolId: record.id,
    postings: lines(
      debit('pool.interest', record.id, atto(interest)),
      credit('pool.depositors', record.id, atto(interest - toReserve)),
      credit('pool.reserve', record.id, atto(toReserve)),
    ),
  };
  const journalId = interest === 0n ? null : (await post(trx, journal)).journalId;
  await trx('accrual_run').insert({
    pool_id: record.id,
    from_epoch: fromEpoch,
    to_epoch: toEpoch,
    interest: interest.toString(),
    to_reserve: toReserve.toString(),
    journal_id: journalId,
    workflow_id: workflowId,
  });
  return run;
}

/**
 * Brings the pool to `toEpoch`; nothing where it is there already.
 * @returns the epochs counted and the interest of them, in atto.
 * @throws RefusalError 'not-found'; RangeError where the pool is past `toEpoch`.
 */
export async function advancePool(
  trx: Knex.Transaction,
  poolId: string,
  toEpoch: number,
  origin: Origin,
): Promise<{ fromEpoch: number; toEpoch: number; interest: Atto }> {
  const record = await lockPool(trx, poolId);
  const fromEpoch = record.pool.lastEpoch;
  const { pool, interest } = await accrue(trx, record, toEpoch, origin);
  if (toEpoch > fromEpoch) {
    await savePool(trx, record, pool);
    await assertBooks(trx, record.id, pool);
  }
  return { fromEpoch, toEpoch, interest: atto(interest) };
}

export interface CatchUp {
  readonly poolId: string;
  readonly fromEpoch: number;
  readonly toEpoch: number;
  readonly interest: Atto;
  /** The pool's clock; more calls are needed while `toEpoch` is below it. */
  readonly clock: number;
}

/**
 * Brings the pool up to its clock, by at most `epochsMax` epochs where interest runs, so that one transaction is short.
 * @throws RefusalError 'not-found'; Error while chain-watch has not begun.
 */
export async function catchUpPool(
  trx: Knex.Transaction,
  poolId: string,
  origin: Origin,
  epochsMax: number,
): Promise<CatchUp> {
  const { pool } = await lockPool(trx, poolId);
  // Under the lock: whoever moves the clock past an event of this pool holds it until both are written.
  const clock = await poolClock(trx);
  const toEpoch = pool.principal === 0n ? clock : Math.min(clock, pool.lastEpoch + epochsMax);
  return { poolId, clock, ...(await advancePool(trx, poolId, toEpoch, origin)) };
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly poolId: string;
  readonly amount: Atto;
  /** The least shares that it must buy. */
  readonly atLeast?: bigint;
  readonly workflowId: string;
}

export interface Subscribed {
  readonly tokenId: number;
  readonly shares: bigint;
  readonly epoch: number;
  readonly journalId: number;
}

/**
 * Moves available FIL into the pool at its clock and mints a position. The caller makes sure that it happens once:
 * a second call with the same subscription fails on the position's key.
 * @throws RefusalError 'not-found', 'wrong-state' (pool closed), 'deposit-too-small', 'value-below-bound',
 *   'amount-above-balance'.
 */
export async function subscribe(trx: Knex.Transaction, request: Subscription): Promise<Subscribed> {
  const { subscriptionId, customerId, poolId, amount, atLeast = 0n, workflowId } = request;
  const record = await lockPool(trx, poolId);
  if (record.state !== 'open') throw new RefusalError('wrong-state', `Pool ${poolId} takes no deposits.`);
  const epoch = await poolClock(trx);
  const { pool } = await accrue(trx, record, epoch, { workflowId, key: workflowId });
  const result = deposit(pool, amount);
  if (isRefusal(result)) throw new RefusalError(result.refusal, result.detail);
  if (result.minted < atLeast)
    throw new RefusalError(
      'value-below-bound',
      `It buys ${result.minted} shares now, fewer than the least that you set.`,
    );
  const { journalId } = await post(trx, {
    key: `${workflowId}/book`,
    kind: 'subscription',
    asset: 'FIL',
    effectiveEpoch: epoch,
    workflowId,
    poolId,
    postings: [debit('customer.available', customerId, amount), credit('pool.depositors', poolId, amount)],
  });
  await savePool(trx, record, result.pool);
  const shares = result.minted;
  const tokenId = await mintPosition(trx, {
    poolId,
    customerId,
    subscriptionId,
    shares,
    amount,
    epoch,
    journalId,
  });
  await assertBooks(trx, poolId, result.pool);
  return { tokenId, shares, epoch, journalId };
}

interface CommitmentRow {
  readonly id: string;
  readonly amount: string;
  readonly state: 'open' | 'lent' | 'released';
}

export interface Commitment {
  readonly poolId: string;
  readonly loanId: string;
  readonly amount: Atto;
  /** What the loan is lent on, taken over at its first commitment; standard and without a maturity where absent. */
  readonly terms?: LendingTerms & { readonly termEpochs: number };
  /** One disbursement's commitment; the loan's id where absent. */
  readonly commitmentId?: string;
}

/**
 * Sets money of the pool aside for a loan: it stays an asset, and no one else can spend it. Once for each commitment id.
 * @throws RefusalError 'redemptions-waiting'; 'pool-cash-short'; 'liquidity-reserve'; 'wrong-state' where the id was used for another amount or is closed.
 */
export async function commitToLoan(trx: Knex.Transaction, request: Commitment): Promise<void> {
  const { poolId, loanId, amount, terms, commitmentId = loanId } = request;
  const record = await lockPool(trx, poolId);
  const known = await trx<CommitmentRow>('loan_commitment').where({ id: commitmentId }).first();
  if (known !== undefined) {
    if (known.state === 'open' && BigInt(known.amount) === amount) return;
    throw new RefusalError(
      'wrong-state',
      `Commitment ${commitmentId} exists with ${known.amount} atto, ${known.state}.`,
    );
  }
  if ((await readQueue(trx, poolId)).waiting > 0) throw new RefusalError('redemptions-waiting');
  const keep = heldBack(record.pool, await liquidityShare(trx, record));
  const pool = commit(record.pool, amount, keep);
  if (isRefusal(pool))
    throw new RefusalError(
      pool.refusal,
      `The pool has ${record.pool.cash} atto of idle cash, of which it keeps ${keep} as its liquidity reserve and ${record.pool.reserve} are its loss reserve.`,
    );
  await openLoanAccount(trx, record, loanId, terms);
  await trx('loan_commitment').insert({
    id: commitmentId,
    loan_id: loanId,
    amount: amount.toString(),
    state: 'open',
  });
  await savePool(trx, record, pool);
}

/** A loan's account under its terms; nothing where it has one. */
async function openLoanAccount(
  trx: Knex.Transaction,
  record: PoolRecord,
  loanId: string,
  terms: Commitment['terms'],
): Promise<void> {
  const known: unknown = await trx('loan_account').where({ loan_id: loanId }).first('loan_id');
  if (known !== undefined) return;
  const { fixedBps, fee, penaltyBps, waterfall } = terms ?? STANDARD_TERMS;
  const bucket = bucketName(fixedBps);
  if (fixedBps !== null) await openBucket(trx, record, bucket, bpsToRay(fixedBps));
  const rate = rateAt(record.rates, record.pool.lastEpoch);
  await trx('loan_account').insert({
    loan_id: loanId,
    pool_id: record.id,
    bucket,
    term_epochs: terms?.termEpochs ?? null,
    fee,
    penalty_rate: epochRate(rate, bpsToRay(penaltyBps)).toString(),
    waterfall: [...waterfall],
  });
}

/** Gives an open commitment back to the pool; nothing where it is released already or was never made. */
export async function releaseCommitment(
  trx: Knex.Transaction,
  { poolId, loanId, commitmentId = loanId }: Pick<Commitment, 'poolId' | 'loanId' | 'commitmentId'>,
): Promise<void> {
  const record = await lockPool(trx, poolId);
  const known = await trx<CommitmentRow>('loan_commitment').where({ id: commitmentId }).first();
  if (known === undefined || known.state === 'released') return;
  if (known.state === 'lent') throw new RefusalError('wrong-state', `Commitment ${commitmentId} was lent.`);
  await trx('loan_commitment')
    .where({ id: commitmentId })
    .update({ state: 'released', closed_at: trx.fn.now() });
  await savePool(trx, record, release(record.pool, BigInt(known.amount)));
}
