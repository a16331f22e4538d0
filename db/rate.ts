/** Proposals of new rates, and the versions that come of them. Figures in ray, as the columns hold them. */
import type { Knex } from 'knex';
import { rateAt } from '../domain/rate';
import { judgeFrom, judgeRate, type RateValues } from '../domain/rate-proposal';
import { RefusalError, type Refusal } from '../domain/refusal';
import { poolClock } from './clock';
import { lockPool, readPool, type PoolRecord } from './pool';

export type RateProposalState = 'proposed' | 'accepted' | 'refused' | 'expired' | 'too-late';

export interface NewRateProposal extends RateValues {
  readonly id: string;
  readonly poolId: string;
  readonly fromEpoch: number;
  readonly reason: string;
  readonly makerId: string;
  readonly workflowId: string;
}

interface Row {
  readonly id: string;
  readonly pool_id: string;
  readonly from_epoch: number;
  readonly base: string;
  readonly slope1: string;
  readonly slope2: string;
  readonly kink: string;
  readonly reserve_factor: string;
  readonly state: RateProposalState;
  readonly version: number | null;
}

function expect(refusal: Refusal | null): void {
  if (refusal !== null) throw new RefusalError(refusal.refusal, refusal.detail);
}

const columnsOf = (values: RateValues) => ({
  base: values.base.toString(),
  slope1: values.slope1.toString(),
  slope2: values.slope2.toString(),
  kink: values.kink.toString(),
  reserve_factor: values.reserveFactor.toString(),
});

/**
 * Could these rates be proposed for the pool now?
 * @throws RefusalError not-found, rate-invalid, rate-too-late, proposal-waiting
 */
export async function expectProposable(
  db: Knex,
  { poolId, fromEpoch, ...values }: RateValues & { readonly poolId: string; readonly fromEpoch: number },
): Promise<PoolRecord> {
  const record = await readPool(db, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  expect(judgeRate(values));
  expect(judgeFrom(fromEpoch, await poolClock(db), record.rates));
  const waiting: unknown = await db('rate_proposal')
    .where({ pool_id: poolId, state: 'proposed' })
    .first('id');
  if (waiting !== undefined) throw new RefusalError('proposal-waiting');
  return record;
}

/** Writes a proposal down; the same one again is nothing. @throws RefusalError as `expectProposable` */
export async function insertRateProposal(trx: Knex.Transaction, proposal: NewRateProposal): Promise<void> {
  await lockPool(trx, proposal.poolId);
  const { id, poolId, fromEpoch, reason, makerId, workflowId } = proposal;
  const known: unknown = await trx('rate_proposal').where({ id }).first('id');
  if (known !== undefined) return;
  await expectProposable(trx, proposal);
  await trx('rate_proposal').insert({
    ...{ id, pool_id: poolId, from_epoch: fromEpoch, ...columnsOf(proposal), reason },
    ...{ maker_id: makerId, workflow_id: workflowId },
  });
}

/** Ends a proposal that was not accepted; one that ended otherwise stays as it is. */
export async function closeRateProposal(
  db: Knex,
  id: string,
  state: Exclude<RateProposalState, 'proposed' | 'accepted'>,
): Promise<void> {
  await db('rate_proposal').where({ id, state: 'proposed' }).update({ state, closed_at: db.fn.now() });
}

/**
 * Accepted: the pool's next version, from the epoch that was proposed. Under the pool's lock, so that no interest past
 * that epoch can be counted by the old one; where the clock has reached it, the proposal ends as too late.
 */
export async function bookRate(
  trx: Knex.Transaction,
  id: string,
  approvalId: string,
): Promise<{ readonly state: RateProposalState; readonly version: number | null }> {
  const asked = await trx<Row>('rate_proposal').where({ id }).first();
  if (asked === undefined) throw new Error(`there is no proposal of rates ${id}`);
  const { rates, pool } = await lockPool(trx, asked.pool_id);
  const row = await trx<Row>('rate_proposal').where({ id }).first();
  if (row?.state !== 'proposed') return { state: row?.state ?? 'expired', version: row?.version ?? null };
  if (row.from_epoch <= (await poolClock(trx))) {
    await closeRateProposal(trx, id, 'too-late');
    return { state: 'too-late', version: null };
  }
  const version = 1 + Math.max(0, ...rates.map((rate) => rate.version));
  const { pool_id, from_epoch, base, slope1, slope2, kink, reserve_factor } = row;
  await trx('rate_version').insert({
    ...{ pool_id, version, from_epoch, base, slope1, slope2, kink, reserve_factor },
    epochs_per_year: rateAt(rates, pool.lastEpoch).epochsPerYear.toString(),
    approval_id: approvalId,
  });
  await trx('rate_proposal').where({ id }).update({ state: 'accepted', version, closed_at: trx.fn.now() });
  return { state: 'accepted', version };
}
