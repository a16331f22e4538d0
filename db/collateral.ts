/** Readings of the miners that FIL is lent to, and the alerts that they raise on loans. */
import type { Knex } from 'knex';
import type { CollateralReading, Threat, ThreatKind } from '../domain/collateral';
import { isWatched } from '../domain/collateral';
import { LOAN_TRANSITIONS, type LoanState } from '../domain/loan';
import type { PendingTerm } from '../domain/preflight';
import { RefusalError } from '../domain/refusal';
import { amendLoan, type LoanRow } from './loan';

/** Watched states, for SQL. */
export const WATCHED = (Object.keys(LOAN_TRANSITIONS) as LoanState[]).filter(isWatched);

/** A loan whose miner is read. */
export interface WatchedLoan {
  readonly id: string;
  readonly miner: string;
  readonly escrow: string;
}

/** The loans that are watched, by id, after one of them; all of them where `after` is ''. */
export async function watchedLoans(db: Knex, after: string, limit: number): Promise<WatchedLoan[]> {
  const rows = await db<LoanRow>('loan')
    .whereIn('state', WATCHED)
    .whereNotNull('escrow_id_address')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select('id', 'miner', 'escrow_id_address');
  return rows.map(({ id, miner, escrow_id_address: escrow }) => ({ id, miner, escrow: escrow ?? '' }));
}

interface SnapshotRow {
  readonly miner: string;
  readonly height: number;
  readonly owner: string;
  readonly pending_owner: string | null;
  readonly beneficiary: string;
  readonly pending_beneficiary: string | null;
  readonly pending_term: PendingTerm | null;
  readonly pending_worker: string | null;
  readonly worker_change_epoch: number;
  readonly fee_debt: string;
  readonly quality_power: string;
  readonly live_sectors: number;
  readonly active_sectors: number;
  readonly faulty_sectors: number;
}

/** The reading before a height, or null; snapshots without roles, taken before these were read, are none. */
export async function readingBefore(
  db: Knex,
  miner: string,
  height: number,
): Promise<CollateralReading | null> {
  const row = await db<SnapshotRow>('miner_snapshot')
    .where({ miner })
    .where('height', '<', height)
    .whereNotNull('owner')
    .orderBy('height', 'desc')
    .first();
  if (!row) return null;
  return {
    miner,
    height: row.height,
    owner: row.owner,
    pendingOwner: row.pending_owner,
    beneficiary: row.beneficiary,
    pendingBeneficiary: row.pending_beneficiary,
    pendingTerm: row.pending_term,
    pendingWorker: row.pending_worker,
    workerChangeEpoch: row.worker_change_epoch,
    feeDebt: row.fee_debt,
    qualityPower: row.quality_power,
    sectors: { live: row.live_sectors, active: row.active_sectors, faulty: row.faulty_sectors },
  };
}

/** Highest quality-adjusted power (bytes) in the readings since the loan's first disbursement executed; 0 before. */
export async function highestPower(db: Knex, loanId: string, miner: string): Promise<bigint> {
  const { rows } = await db.raw<{ rows: { highest: string | null }[] }>(
    `SELECT max(quality_power)::text AS highest FROM miner_snapshot
     WHERE miner = ? AND height >= (SELECT min(executed_epoch) FROM loan_disbursement WHERE loan_id = ?)`,
    [miner, loanId],
  );
  return BigInt(rows[0]?.highest ?? '0');
}

interface AlertRow {
  readonly id: number;
  readonly loan_id: string;
  readonly miner: string;
  readonly kind: ThreatKind;
  readonly about: string;
  readonly became: string;
  readonly sentence: string;
  readonly acknowledged_at: Date | null;
  readonly cleared_at: Date | null;
}

async function clear(
  trx: Knex.Transaction,
  alert: Pick<AlertRow, 'id' | 'loan_id' | 'kind'>,
  height: number,
): Promise<void> {
  await trx('collateral_alert')
    .where({ id: alert.id })
    .update({ cleared_height: height, cleared_why: 'gone', cleared_at: trx.fn.now() });
  const sentence = `Gone at epoch ${height}: alert ${alert.id} (${alert.kind.replace('-', ' ')})`;
  await amendLoan(trx, alert.loan_id, { step: `alert-${alert.id}-cleared`, sentence, epoch: height }, {});
}

/**
 * Brings the alerts of a loan to what a reading showed: new threats open alerts, those that are gone are cleared, the
 * rest stays as it is. The same reading again changes nothing. The caller locks the loan.
 */
export async function noteThreats(
  trx: Knex.Transaction,
  loan: WatchedLoan,
  height: number,
  threats: readonly Threat[],
): Promise<void> {
  const open = await trx<AlertRow>('collateral_alert').where({ loan_id: loan.id }).whereNull('cleared_at');
  const stands = (alert: AlertRow): boolean =>
    threats.some(({ kind, about }) => kind === alert.kind && about === alert.about);
  for (const alert of open) if (!stands(alert)) await clear(trx, alert, height);
  for (const threat of threats) {
    if (open.some((alert) => alert.kind === threat.kind && alert.about === threat.about)) continue;
    const [row] = await trx<AlertRow>('collateral_alert').insert(
      {
        loan_id: loan.id,
        miner: loan.miner,
        kind: threat.kind,
        about: threat.about,
        seen_height: height,
        before_height: threat.beforeHeight,
        was: threat.was,
        became: threat.became,
        sentence: threat.sentence,
      } as Partial<AlertRow>,
      ['id'],
    );
    const step = { step: `alert-${row?.id ?? 0}`, sentence: threat.sentence, epoch: height };
    await amendLoan(trx, loan.id, step, {});
  }
}

/** Closes the alerts of loans that no longer stand on their miner. */
export async function closeAlertsOfOthers(db: Knex): Promise<void> {
  await db.raw(
    `UPDATE collateral_alert SET cleared_why = 'loan-over', cleared_at = now()
     WHERE cleared_at IS NULL AND loan_id IN (SELECT id FROM loan WHERE NOT state = ANY (?))`,
    [WATCHED],
  );
}

/** What a loan should show on the home screen. */
export interface Need {
  readonly loanId: string;
  /** All that stands and that nobody has acknowledged. */
  readonly sentence: string;
}

/** Loans with alerts that nobody has acknowledged. */
export async function needs(db: Knex): Promise<Need[]> {
  const { rows } = await db.raw<{ rows: Need[] }>(
    `SELECT loan_id AS "loanId", string_agg(sentence, '. ' ORDER BY id) AS sentence FROM collateral_alert
     WHERE cleared_at IS NULL AND acknowledged_at IS NULL GROUP BY loan_id ORDER BY loan_id`,
  );
  return rows;
}

export interface Acknowledgement {
  readonly alertId: number;
  readonly actor: { readonly id: string; readonly role: string };
  readonly reason: string;
}

/**
 * A person of staff has seen an alert. The same by the same person again is nothing.
 * @returns the loan
 * @throws RefusalError not-found, wrong-state where it is gone already, already-decided where somebody else did
 */
export async function acknowledge(
  trx: Knex.Transaction,
  { alertId, actor, reason }: Acknowledgement,
): Promise<string> {
  const row = await trx<AlertRow & { acknowledged_by: string | null }>('collateral_alert')
    .where({ id: alertId })
    .forUpdate()
    .first();
  if (!row) throw new RefusalError('not-found', `There is no alert ${alertId}.`);
  if (row.acknowledged_at !== null) {
    if (row.acknowledged_by === actor.id) return row.loan_id;
    throw new RefusalError('already-decided', `Alert ${alertId} was acknowledged already.`);
  }
  if (row.cleared_at !== null) throw new RefusalError('wrong-state', `Alert ${alertId} is gone already.`);
  await trx('collateral_alert').where({ id: alertId }).update({
    acknowledged_by: actor.id,
    acknowledged_role: actor.role,
    acknowledged_reason: reason,
    acknowledged_at: trx.fn.now(),
  });
  const sentence = `Acknowledged by ${actor.role}: ${reason}`;
  await amendLoan(trx, row.loan_id, { step: `alert-${alertId}-acknowledged`, sentence, actor }, {});
  return row.loan_id;
}
