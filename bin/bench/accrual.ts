/** Accrual of one epoch for pools with 1, 1,000, 100,000 and 1,000,000 positions: its cost must not depend on their number. */
import { makeKnex } from '../../db/knex';
import type { Knex } from 'knex';
import { coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { bookDisbursement } from '../../ledger/loan';
import { advancePool, commitToLoan, subscribe } from '../../ledger/pool';
import { post } from '../../ledger/post';
import type { Figures } from '../bench';
import { openBenchDatabase } from './database';
import { median, round } from './machine';

const SIZES = [1, 1_000, 100_000, 1_000_000];
const WARM_UP = 20;
const RUNS = 200;
const HOT = { code: 'custody.hot', owner: 'f1bench' } as const;

/** A pool of 100,000 FIL with 59.35 % lent; its position is then cut into as many as wanted. */
async function makePool(owner: Knex, positions: number): Promise<string> {
  const poolId = `bench-${positions}`;
  const workflowId = `subscription/${poolId}`;
  await owner.raw(`INSERT INTO pool (id, kind, state) VALUES (?, 'flexible', 'open')`, [poolId]);
  await owner.raw(`INSERT INTO pool_bucket (pool_id, bucket) VALUES (?, 'standard')`, [poolId]);
  await owner.raw('INSERT INTO redemption_queue (pool_id) VALUES (?)', [poolId]);
  await owner.raw(
    `INSERT INTO policy_version (kind, subject, version, content) SELECT kind, :poolId, 1, content FROM policy_version
     WHERE kind = 'liquidity-reserve' AND subject = 'flexible' AND version = 1`,
    { poolId },
  );
  await owner.raw(
    `INSERT INTO rate_version SELECT :poolId, version, from_epoch, base, slope1, slope2, kink, reserve_factor,
       epochs_per_year FROM rate_version WHERE pool_id = 'flexible'`,
    { poolId },
  );
  const amount = coins(100_000n);
  await owner('subscription').insert({
    id: poolId,
    customer_id: poolId,
    pool_id: poolId,
    amount: amount.toString(),
    state: 'requested',
    workflow_id: workflowId,
  });
  const lent = coins(59_350n);
  await owner.transaction(async (trx) => {
    const postings = [debit(HOT.code, HOT.owner, amount), credit('customer.available', poolId, amount)];
    const arrival = {
      key: `deposit/${poolId}`,
      kind: 'deposit',
      asset: 'FIL' as const,
      effectiveEpoch: 1,
      executedEpoch: 1,
    };
    await post(trx, { ...arrival, workflowId: `deposit/${poolId}`, postings });
    await subscribe(trx, { subscriptionId: poolId, customerId: poolId, poolId, amount, workflowId });
    await commitToLoan(trx, { poolId, loanId: poolId, amount: lent });
    await bookDisbursement(trx, {
      loanId: poolId,
      amount: lent,
      includedEpoch: 10,
      executedEpoch: 11,
      messageCid: 'bench',
      custody: HOT,
      key: `loan/${poolId}/disburse`,
      workflowId: `loan/${poolId}`,
    });
  });
  await cutPosition(owner, poolId, positions);
  return poolId;
}

async function cutPosition(owner: Knex, poolId: string, positions: number): Promise<void> {
  await owner.raw(
    `INSERT INTO subscription (id, customer_id, pool_id, amount, state, workflow_id)
     SELECT pool_id || '/' || n, pool_id || '/' || n, pool_id, 1, 'requested', workflow_id
     FROM subscription, generate_series(2, :positions::int) AS n WHERE id = :poolId`,
    { poolId, positions },
  );
  await owner.raw(
    `INSERT INTO position (pool_id, customer_id, subscription_id, shares, minted_epoch)
     SELECT p.pool_id, s.customer_id, s.id, div(p.shares, :positions::int), p.minted_epoch
     FROM position p JOIN subscription s ON s.pool_id = p.pool_id AND s.id <> p.subscription_id WHERE p.pool_id = :poolId`,
    { poolId, positions },
  );
  await owner.raw(
    `UPDATE position SET shares = shares - (:positions::int - 1) * div(shares, :positions::int)
     WHERE subscription_id = :poolId`,
    { poolId, positions },
  );
}

async function timeEpoch(app: Knex, poolId: string, epoch: number): Promise<number> {
  const origin = { workflowId: 'accrual', key: `accrual/${poolId}` };
  const start = process.hrtime.bigint();
  await app.transaction((trx) => advancePool(trx, poolId, epoch, origin));
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export async function accrual(): Promise<Figures> {
  const database = await openBenchDatabase();
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  const app = makeKnex(database.appUrl, { poolMax: 1 });
  try {
    await owner('watch.cursor').insert({
      clock: 5,
      executed: 5,
      executed_key: 'a',
      head: 5,
      head_key: 'a',
      began: 0,
    });
    const pools: { readonly positions: number; readonly id: string; readonly ms: number[] }[] = [];
    for (const positions of SIZES) pools.push({ positions, id: await makePool(owner, positions), ms: [] });
    await owner.raw('VACUUM ANALYZE');
    for (let epoch = 11; epoch < 11 + WARM_UP + RUNS; epoch += 1) {
      for (const { id, ms } of pools) {
        const took = await timeEpoch(app, id, epoch);
        if (epoch >= 11 + WARM_UP) ms.push(took);
      }
    }
    const base = median(pools[0]?.ms ?? []);
    const figures = pools.map(({ positions, ms }) => {
      const sorted = [...ms].sort((a, b) => a - b);
      const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
      return [
        `${positions} positions`,
        { medianMs: round(median(ms)), p95Ms: round(p95), ratio: round(median(ms) / base) },
      ];
    });
    return {
      what: `One epoch accrued in a durable transaction (journal, run, pool, check), median of ${RUNS} interleaved runs`,
      figures: { postgres: database.version, ...(Object.fromEntries(figures) as object) },
      runs: pools.map(({ positions, ms }) => ({ positions, ms: ms.map(round) })),
    };
  } finally {
    await app.destroy();
    await owner.destroy();
    await database.close();
  }
}
