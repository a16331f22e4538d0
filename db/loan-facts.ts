/** What the chain showed of a loan's miner: pre-flight reports, disbursements, snapshots of power and pledge. Append-only. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { MinerFacts, PreflightCheck, PreflightReport, PreflightStage } from '../domain/preflight';

export interface ReportRow {
  readonly id: number;
  readonly loan_id: string;
  readonly stage: PreflightStage;
  readonly tipset_key: readonly string[];
  readonly height: number;
  readonly checks: readonly PreflightCheck[];
  readonly passed: boolean;
  readonly code: string | null;
  readonly hash: string;
  readonly at: Date;
}

export interface DisbursementRow {
  readonly loan_id: string;
  readonly n: number;
  readonly amount: string;
  readonly message_id: string;
  readonly cid: string;
  readonly included_epoch: number;
  readonly executed_epoch: number;
  readonly available_after: string;
  readonly pledge_after: string;
}

/** SHA-256 (hex) of a report as kept: what the checker approves names it. */
export function reportHash(report: PreflightReport): string {
  const { stage, miner, height, tipsetKey, checks } = report;
  const lines = checks.map((check) => [check.name, check.value, check.wanted, check.passed]);
  return createHash('sha256')
    .update(JSON.stringify([stage, miner, height, tipsetKey, lines]))
    .digest('hex');
}

/** Keeps a report; the same stage at the same height is one report. @returns its hash */
export async function saveReport(
  trx: Knex.Transaction,
  loanId: string,
  report: PreflightReport,
): Promise<string> {
  const hash = reportHash(report);
  await trx('preflight_report')
    .insert({
      loan_id: loanId,
      stage: report.stage,
      tipset_key: JSON.stringify(report.tipsetKey),
      height: report.height,
      checks: JSON.stringify(report.checks),
      passed: report.passed,
      code: report.code,
      hash,
    })
    .onConflict(['loan_id', 'stage', 'height'])
    .ignore();
  return hash;
}

/** All reports of a loan, oldest first. */
export async function reportsOf(db: Knex, loanId: string): Promise<ReportRow[]> {
  return db<ReportRow>('preflight_report').where({ loan_id: loanId }).orderBy('id');
}

const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** Keeps a miner as read at a height; one row a miner and height. */
export async function saveSnapshot(trx: Knex.Transaction, facts: MinerFacts): Promise<void> {
  await trx('miner_snapshot')
    .insert({
      miner: facts.miner,
      height: facts.height,
      tipset_key: JSON.stringify(facts.tipsetKey),
      raw_power: facts.rawPower,
      quality_power: facts.qualityPower,
      initial_pledge: facts.initialPledge,
      precommit_deposits: facts.preCommitDeposits,
      locked: facts.lockedFunds,
      fee_debt: facts.feeDebt,
      available: facts.available,
      owner: facts.owner,
      pending_owner: facts.pendingOwner,
      beneficiary: facts.beneficiary,
      beneficiary_term: jsonOrNull(facts.beneficiaryTerm),
      pending_beneficiary: facts.pendingBeneficiary,
      pending_term: jsonOrNull(facts.pendingTerm),
      worker: facts.worker,
      pending_worker: facts.pendingWorker,
      worker_change_epoch: facts.workerChangeEpoch,
      consensus_fault_elapsed: facts.consensusFaultElapsed,
      live_sectors: facts.sectors.live,
      active_sectors: facts.sectors.active,
      faulty_sectors: facts.sectors.faulty,
    })
    .onConflict(['miner', 'height'])
    .ignore();
}

/** Keeps a disbursement; its message id makes it one. */
export async function saveDisbursement(trx: Knex.Transaction, row: DisbursementRow): Promise<void> {
  await trx('loan_disbursement').insert(row).onConflict('message_id').ignore();
}

/** The disbursements of a loan in order. */
export async function disbursementsOf(db: Knex, loanId: string): Promise<DisbursementRow[]> {
  return db<DisbursementRow>('loan_disbursement').where({ loan_id: loanId }).orderBy('n');
}
