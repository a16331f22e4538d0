import type { Knex } from 'knex';
import {
  faultOf,
  sameRow,
  type Comparison,
  type ComparisonRequest,
  type Security,
} from '../domain/comparison';
import { RefusalError } from '../domain/refusal';

/** The columns as the wire names them; the day as text, so that no time zone moves it. */
export const COMPARISON_COLUMNS = `c.platform, c.version, c.name, c.security, c.shown, c.tvl, c.utilisation,
  c.deposit_apr AS "depositApr", c.deposit_apy AS "depositApy", c.borrow_apr AS "borrowApr",
  c.borrow_apy AS "borrowApy", to_char(c.as_of, 'YYYY-MM-DD') AS "asOf", c.source`;

export interface ComparisonVersion extends Comparison {
  readonly version: number;
  readonly security: Security;
}

/** The row of each platform in force, by name. */
export async function comparisonsInForce(db: Knex): Promise<ComparisonVersion[]> {
  const { rows } = await db.raw<{ rows: ComparisonVersion[] }>(
    `SELECT * FROM (SELECT DISTINCT ON (c.platform) ${COMPARISON_COLUMNS} FROM comparison c
       ORDER BY c.platform, c.version DESC) AS newest ORDER BY lower(name), platform`,
  );
  return rows;
}

/** Changes whenever a row does. */
export async function comparisonKey(db: Knex): Promise<string> {
  const { rows } = await db.raw<{ rows: [{ key: string }] }>('SELECT count(*)::text AS key FROM comparison');
  return rows[0].key;
}

async function inForce(db: Knex, platform: string): Promise<ComparisonVersion | undefined> {
  const { rows } = await db.raw<{ rows: ComparisonVersion[] }>(
    `SELECT ${COMPARISON_COLUMNS} FROM comparison c WHERE c.platform = ? ORDER BY c.version DESC LIMIT 1`,
    [platform],
  );
  return rows[0];
}

/**
 * Refuses a row that cannot be, that says nothing new, or that was made from another version than the present one.
 * @throws RefusalError comparison-own, comparison-unsourced, comparison-changed, comparison-unchanged
 */
export async function expectChange(
  db: Knex,
  { row, basedOn }: Pick<ComparisonRequest, 'row' | 'basedOn'>,
): Promise<void> {
  const fault = faultOf(row, new Date().toISOString().slice(0, 10));
  if (fault !== null) throw new RefusalError(fault.refusal, fault.detail);
  const now = await inForce(db, row.platform);
  if ((now?.version ?? 0) !== basedOn)
    throw new RefusalError(
      'comparison-changed',
      `The row is at version ${now?.version ?? 0}, not ${basedOn}.`,
    );
  if (now !== undefined && sameRow(now, row)) throw new RefusalError('comparison-unchanged');
}

/** Adds the version that two people made; again, it is nothing. Triggers hold that they did. */
export async function addComparison(
  trx: Knex.Transaction,
  request: Pick<ComparisonRequest, 'row' | 'basedOn'>,
  approvalId: string,
): Promise<number> {
  const { row, basedOn } = request;
  // One at a time for a platform, also for its first version.
  await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 36))', [row.platform]);
  const there = await trx<{ version: number; approval_id: string }>('comparison')
    .where({ approval_id: approvalId })
    .first('version');
  if (there) return there.version;
  await expectChange(trx, request);
  await trx('comparison').insert({
    platform: row.platform,
    version: basedOn + 1,
    ...{
      name: row.name,
      security: row.security,
      shown: row.shown,
      tvl: row.tvl,
      utilisation: row.utilisation,
    },
    ...{ deposit_apr: row.depositApr, deposit_apy: row.depositApy },
    ...{ borrow_apr: row.borrowApr, borrow_apy: row.borrowApy, as_of: row.asOf, source: row.source },
    approval_id: approvalId,
  });
  return basedOn + 1;
}
