import type { Knex } from 'knex';
import { recomputePool, type Query } from './oracle';

/** A knex connection as the oracle wants it; the oracle's statements have one parameter, used any number of times. */
export function queryOf(knex: Knex): Query {
  return async (sql, [poolId]) => {
    const result = await knex.raw<{ rows: Record<string, unknown>[] }>(sql.replaceAll('$1', ':poolId'), {
      poolId: poolId ?? '',
    });
    return result.rows;
  };
}

const STORED = `
  SELECT 'liquid' AS name, (cash + committed)::text AS value FROM pool WHERE id = $1
  UNION ALL SELECT 'shares', shares::text FROM pool WHERE id = $1
  UNION ALL SELECT 'reserve', reserve::text FROM pool WHERE id = $1
  UNION ALL SELECT 'principal', principal::text FROM pool WHERE id = $1
  UNION ALL SELECT 'lastEpoch', last_epoch::text FROM pool WHERE id = $1
  UNION ALL SELECT 'index of ' || bucket, borrow_index::text FROM pool_bucket WHERE pool_id = $1
  UNION ALL SELECT 'scaled of ' || bucket, scaled::text FROM pool_bucket WHERE pool_id = $1
  UNION ALL SELECT 'scaled of loan ' || loan_id, scaled::text FROM loan_account WHERE pool_id = $1
  UNION ALL SELECT 'principal of loan ' || loan_id, principal::text FROM loan_account WHERE pool_id = $1
  UNION ALL SELECT 'penalty paid by loan ' || loan_id, penalty_paid::text FROM loan_account WHERE pool_id = $1
  UNION ALL SELECT 'fee paid by loan ' || loan_id, fee_paid::text FROM loan_account WHERE pool_id = $1
  UNION ALL SELECT 'shares minted by ' || e.journal_id, e.shares::text FROM position_event e
    JOIN position p USING (token_id) WHERE p.pool_id = $1 AND e.kind = 'mint'
  UNION ALL SELECT 'interest', coalesce(sum(interest), 0)::text FROM accrual_run WHERE pool_id = $1`;

/**
 * Every figure of the stored pool beside its recomputation: the sentences that tell what differs, none for sound books.
 * Positions are compared by what their subscription minted.
 */
export async function comparePool(query: Query, poolId: string): Promise<readonly string[]> {
  const pool = await recomputePool(query, poolId);
  const expected = new Map<string, string>([
    ['liquid', pool.liquid.toString()],
    ['shares', pool.shares.toString()],
    ['reserve', pool.reserve.toString()],
    ['principal', pool.principal.toString()],
    ['lastEpoch', pool.lastEpoch.toString()],
    ['interest', pool.interest.toString()],
  ]);
  for (const [name, { index, scaled }] of Object.entries(pool.buckets)) {
    expected.set(`index of ${name}`, index.toString()).set(`scaled of ${name}`, scaled.toString());
  }
  for (const [loan, { scaled, principal }] of Object.entries(pool.loans)) {
    expected
      .set(`scaled of loan ${loan}`, scaled.toString())
      .set(`principal of loan ${loan}`, principal.toString());
  }
  for (const [loan, { penalty, fee }] of Object.entries(pool.charges)) {
    expected
      .set(`penalty paid by loan ${loan}`, String(penalty))
      .set(`fee paid by loan ${loan}`, String(fee));
  }
  for (const [journal, shares] of Object.entries(pool.minted)) {
    expected.set(`shares minted by ${journal}`, shares.toString());
  }
  const stored = new Map(
    (await query(STORED, [poolId])).map((row) => [String(row['name']), String(row['value'])]),
  );
  const names = new Set([...stored.keys(), ...expected.keys()]);
  const told = [...names].flatMap((name) => {
    // A loan that was committed to and not lent is in no journal.
    const [is, should] = [stored.get(name) ?? 'missing', expected.get(name) ?? '0'];
    return is === should ? [] : [`${name} is ${is}, should be ${should}`];
  });
  return [...pool.differences, ...told];
}
