/** Loans in the database: rows, and the two ways they change — a step written once, a move to another state. */
import type { Knex } from 'knex';
import { mayMove, type LoanState } from '../domain/loan';
import { RefusalError } from '../domain/refusal';

export interface LoanRow {
  readonly id: string;
  readonly number: number;
  readonly borrower_id: string;
  readonly miner: string;
  readonly amount: string;
  readonly term_epochs: number;
  readonly pool_id: string;
  readonly bucket: string;
  readonly state: LoanState;
  readonly outcome: string | null;
  readonly outcome_detail: string | null;
  readonly committed: boolean;
  readonly proof_address: string;
  readonly proof_signature: string;
  readonly owner_before: string | null;
  readonly forwarded_by: string | null;
  readonly approval_id: string | null;
  readonly escrow_address: string | null;
  readonly escrow_id_address: string | null;
  readonly repayment_address: string | null;
  readonly offer_deadline_epoch: number | null;
  readonly maturity_epoch: number | null;
  readonly repay_from_miner_by: string | null;
  readonly repay_from_miner_at: Date | null;
  readonly needs_action: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly closed_at: Date | null;
}

export type LoanPatch = Partial<
  Pick<
    LoanRow,
    | 'bucket'
    | 'outcome'
    | 'outcome_detail'
    | 'committed'
    | 'owner_before'
    | 'forwarded_by'
    | 'approval_id'
    | 'escrow_address'
    | 'escrow_id_address'
    | 'repayment_address'
    | 'offer_deadline_epoch'
    | 'maturity_epoch'
    | 'repay_from_miner_by'
    | 'repay_from_miner_at'
    | 'needs_action'
    | 'closed_at'
  >
>;

export interface NewLoan {
  readonly id: string;
  readonly borrowerId: string;
  readonly miner: string;
  readonly amount: string;
  readonly termEpochs: number;
  readonly poolId: string;
  readonly bucket: string;
  readonly proof: { readonly address: string; readonly signature: string };
}

/** One step of a loan's life as the track shows it; `step` names it once for ever. */
export interface StepInput {
  readonly step: string;
  readonly sentence: string;
  readonly epoch?: number | undefined;
  readonly actor?: { readonly id: string; readonly role: string } | undefined;
  readonly messageId?: string | undefined;
  readonly journalId?: number | undefined;
}

export interface StepRow {
  readonly loan_id: string;
  readonly seq: number;
  readonly step: string;
  readonly state: LoanState;
  readonly at: Date;
  readonly epoch: number | null;
  readonly actor_id: string | null;
  readonly actor_role: string | null;
  readonly message_id: string | null;
  readonly journal_id: number | null;
  readonly sentence: string;
}

/** The loan, or null. */
export async function findLoan(db: Knex, id: string): Promise<LoanRow | null> {
  return (await db<LoanRow>('loan').where({ id }).first()) ?? null;
}

/** The loan. @throws RefusalError not-found */
export async function getLoan(db: Knex, id: string): Promise<LoanRow> {
  const row = await findLoan(db, id);
  if (!row) throw new RefusalError('not-found', `There is no loan ${id}.`);
  return row;
}

/** The loan, its row locked to the end of the transaction. @throws RefusalError not-found */
export async function lockLoan(trx: Knex.Transaction, id: string): Promise<LoanRow> {
  const row = await trx<LoanRow>('loan').where({ id }).forUpdate().first();
  if (!row) throw new RefusalError('not-found', `There is no loan ${id}.`);
  return row;
}

/** The open loan that a miner secures, other than `exceptId`. */
export async function openLoanOf(db: Knex, miner: string, exceptId: string): Promise<string | null> {
  const row = await db<LoanRow>('loan')
    .where({ miner })
    .whereNot({ id: exceptId })
    .whereNotIn('state', ['closed', 'rejected', 'expired', 'cancelled'])
    .first('id');
  return row?.id ?? null;
}

export interface ChallengeRow {
  readonly loan_id: string;
  readonly customer_id: string;
  readonly miner: string;
  readonly nonce: string;
  readonly text: string;
  readonly expiry_epoch: number;
}

/** Keeps a challenge; for the same loan id the first one stands. @returns the one that stands */
export async function keepChallenge(db: Knex, challenge: ChallengeRow): Promise<ChallengeRow> {
  await db('owner_challenge').insert(challenge).onConflict('loan_id').ignore();
  const row = await findChallenge(db, challenge.loan_id);
  if (!row) throw new Error(`challenge ${challenge.loan_id} vanished`);
  return row;
}

/** The challenge of a loan id, or null. */
export async function findChallenge(db: Knex, loanId: string): Promise<ChallengeRow | null> {
  return (await db<ChallengeRow>('owner_challenge').where({ loan_id: loanId }).first()) ?? null;
}

/** Inserts a loan in state 'applied'. The same application again is nothing. */
export async function insertLoan(trx: Knex.Transaction, loan: NewLoan): Promise<void> {
  await trx('loan')
    .insert({
      id: loan.id,
      borrower_id: loan.borrowerId,
      miner: loan.miner,
      amount: loan.amount,
      term_epochs: loan.termEpochs,
      pool_id: loan.poolId,
      bucket: loan.bucket,
      state: 'applied',
      proof_address: loan.proof.address,
      proof_signature: loan.proof.signature,
    })
    .onConflict('id')
    .ignore();
}

async function stepExists(trx: Knex.Transaction, loanId: string, step: string): Promise<boolean> {
  const row: unknown = await trx('loan_step').where({ loan_id: loanId, step }).first('seq');
  return row !== undefined;
}

/**
 * Appends a step in the loan's present state; the caller holds the row's lock, which keeps `seq` without gaps.
 * @returns false where that step was written before.
 */
export async function appendStep(trx: Knex.Transaction, loan: LoanRow, step: StepInput): Promise<boolean> {
  if (await stepExists(trx, loan.id, step.step)) return false;
  await trx.raw(
    `INSERT INTO loan_step (loan_id, seq, step, state, epoch, actor_id, actor_role, message_id, journal_id, sentence)
     SELECT :loan, coalesce(max(seq), 0) + 1, :step, :state, :epoch, :actor, :role, :message, :journal, :sentence
     FROM loan_step WHERE loan_id = :loan`,
    {
      loan: loan.id,
      step: step.step,
      state: loan.state,
      epoch: step.epoch ?? null,
      actor: step.actor?.id ?? null,
      role: step.actor?.role ?? null,
      message: step.messageId ?? null,
      journal: step.journalId ?? null,
      sentence: step.sentence,
    },
  );
  return true;
}

/**
 * Moves a loan to another state and appends the step that says so, in the caller's transaction. A step that was
 * written before changes nothing: the same move twice is one move.
 * @returns the row after the move
 * @throws RefusalError wrong-state where the state does not lead there
 */
export async function moveLoan(
  trx: Knex.Transaction,
  id: string,
  to: LoanState,
  step: StepInput,
  patch: LoanPatch = {},
): Promise<LoanRow> {
  const row = await lockLoan(trx, id);
  if (await stepExists(trx, id, step.step)) return row;
  if (!mayMove(row.state, to))
    throw new RefusalError('wrong-state', `The loan is ${row.state}; it cannot become ${to}.`);
  const [moved] = await trx<LoanRow>('loan')
    .where({ id })
    .update({ ...patch, state: to })
    .returning('*');
  if (!moved) throw new Error(`loan ${id} vanished under its lock`);
  await appendStep(trx, moved, step);
  return moved;
}

/** Changes facts of a loan without moving it, with the step that says so. */
export async function amendLoan(
  trx: Knex.Transaction,
  id: string,
  step: StepInput,
  patch: LoanPatch,
): Promise<LoanRow> {
  const row = await lockLoan(trx, id);
  if (!(await appendStep(trx, row, step)) || Object.keys(patch).length === 0) return row;
  const [amended] = await trx<LoanRow>('loan').where({ id }).update(patch).returning('*');
  if (!amended) throw new Error(`loan ${id} vanished under its lock`);
  return amended;
}
