/** Miners as staff see them: the newest reading, the loan that stands on it, the readings before. */
import type { Knex } from 'knex';
import { WATCHED } from './collateral';

/** Columns of a reading under their names on the wire; amounts and power as text. */
const READING = `s.height, s.at, s.owner, s.pending_owner AS "pendingOwner", s.beneficiary,
    s.beneficiary_term AS "beneficiaryTerm", s.pending_beneficiary AS "pendingBeneficiary",
    s.pending_term AS "pendingTerm", s.worker, s.pending_worker AS "pendingWorker",
    s.worker_change_epoch AS "workerChangeEpoch", s.consensus_fault_elapsed AS "consensusFaultElapsed",
    s.fee_debt AS "feeDebt", s.available, s.initial_pledge AS "initialPledge",
    s.precommit_deposits AS "preCommitDeposits", s.locked, s.raw_power AS "rawPower",
    s.quality_power AS "qualityPower", s.live_sectors AS "liveSectors", s.active_sectors AS "activeSectors",
    s.faulty_sectors AS "faultySectors", s.tipset_key AS "tipsetKey"`;

const watched = WATCHED.map((state) => `'${state}'`).join(', ');

/** Every miner that a loan was asked for on and that was read, with its newest loan. */
export const MINER_SQL = `
  SELECT m.miner AS id, l.id AS "loanId", l.number AS "loanNumber", l.state AS "loanState",
    l.state IN (${watched}) AS watched, l.escrow_id_address AS escrow,
    (SELECT count(*) FROM collateral_alert a WHERE a.miner = m.miner AND a.cleared_at IS NULL) AS "openAlerts",
    ${READING}
  FROM (SELECT DISTINCT miner FROM loan) m
  JOIN LATERAL (SELECT * FROM miner_snapshot WHERE miner = m.miner ORDER BY height DESC LIMIT 1) s ON true
  JOIN LATERAL (SELECT * FROM loan WHERE miner = m.miner ORDER BY number DESC LIMIT 1) l ON true`;

/** One reading as on the wire, `at` still a Date. */
export interface ReadingRow {
  readonly height: number;
  readonly at: Date;
  readonly [column: string]: unknown;
}

/** The newest readings of a miner, oldest first. */
export async function readingsOf(db: Knex, miner: string, most: number): Promise<ReadingRow[]> {
  const { rows } = await db.raw<{ rows: ReadingRow[] }>(
    `SELECT ${READING} FROM miner_snapshot s WHERE s.miner = ? ORDER BY s.height DESC LIMIT ?`,
    [miner, most],
  );
  return rows.reverse();
}

/** Alerts under their names on the wire; the state is open, acknowledged or gone. */
export const ALERT_SQL = `
  SELECT a.id, a.loan_id AS "loanId", l.number AS "loanNumber", a.miner, a.kind,
    CASE WHEN a.cleared_at IS NOT NULL THEN 'gone' WHEN a.acknowledged_at IS NOT NULL THEN 'acknowledged'
      ELSE 'open' END AS state,
    a.was, a.became, a.before_height AS "beforeHeight", a.seen_height AS "seenHeight", a.sentence,
    a.opened_at AS "openedAt", a.acknowledged_by AS "acknowledgedBy", a.acknowledged_role AS "acknowledgedRole",
    a.acknowledged_reason AS "acknowledgedReason", a.acknowledged_at AS "acknowledgedAt",
    a.cleared_height AS "clearedHeight", a.cleared_why AS "clearedWhy", a.cleared_at AS "clearedAt"
  FROM collateral_alert a JOIN loan l ON l.id = a.loan_id`;
