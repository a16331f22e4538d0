/**
 * What the signer demands before it moves a miner's owner role. The role is the security of a loan: it comes to the
 * loan's own escrow address, and goes back to nobody but the owner who signed the proof of that loan.
 */
import type { Knex } from 'knex';
import type { StoredMessage } from '../db/message';
import { addressFrom, type Address } from '../domain/address';
import { RefusalError } from '../domain/refusal';
import type { Lotus } from './lotus';
import { changeOwnerParams } from './method';
import { checkOwnerProof } from './owner-proof';

interface LoanEvidence {
  readonly id: string;
  readonly miner: string;
  readonly state: string;
  readonly escrow_address: string | null;
  readonly approval_id: string | null;
  readonly proof_address: string;
  readonly proof_signature: string;
  readonly text: string;
}

/** ID addresses as the head's tipset names them, read before any row is locked. */
export interface OwnerSight {
  readonly sender: Address | null;
  readonly prover: Address | null;
}

const movesOwner = (message: StoredMessage): boolean =>
  message.kind === 'owner-confirm' || message.kind === 'owner-propose';

async function evidenceOf(db: Knex, message: StoredMessage): Promise<LoanEvidence | undefined> {
  if (message.subjectKind !== 'loan') return undefined;
  return db('loan')
    .join('owner_challenge', 'owner_challenge.loan_id', 'loan.id')
    .where('loan.id', message.subjectId)
    .first<LoanEvidence | undefined>(
      'loan.id',
      'loan.miner',
      'state',
      'escrow_address',
      'approval_id',
      'proof_address',
      'proof_signature',
      'text',
    );
}

/** The IDs that an owner change is judged by, or null for another kind of message. */
export async function lookAtOwners(
  knex: Knex,
  lotus: Lotus,
  message: StoredMessage,
  head: Parameters<Lotus['lookupId']>[1],
): Promise<OwnerSight | null> {
  if (!movesOwner(message)) return null;
  const loan = await evidenceOf(knex, message);
  const [sender, prover] = await Promise.all([
    lotus.lookupId(message.from, head),
    loan === undefined ? null : lotus.lookupId(addressFrom(loan.proof_address), head),
  ]);
  return { sender, prover };
}

/**
 * @param sight from `lookAtOwners`
 * @throws RefusalError approval-missing
 */
export async function checkOwnerRole(
  trx: Knex.Transaction,
  message: StoredMessage,
  sight: OwnerSight | null,
): Promise<void> {
  if (!movesOwner(message)) return;
  const loan = await evidenceOf(trx, message);
  const fault = loan === undefined ? 'There is no such loan.' : await faultOf(trx, message, loan, sight);
  if (fault !== null) throw new RefusalError('approval-missing', fault);
}

async function faultOf(
  trx: Knex.Transaction,
  message: StoredMessage,
  loan: LoanEvidence,
  sight: OwnerSight | null,
): Promise<string | null> {
  if (message.from !== loan.escrow_address) return "It is not sent from the loan's escrow address.";
  if (message.to !== loan.miner) return 'It calls another miner than the one of the loan.';
  return message.kind === 'owner-confirm'
    ? confirmFault(trx, message, loan, sight?.sender ?? null)
    : proposeFault(trx, message, loan, sight?.prover ?? null);
}

/** Are these the parameters that name `owner`? */
function names(message: StoredMessage, owner: Address | null): boolean {
  return owner !== null && Buffer.from(changeOwnerParams(owner)).equals(message.params);
}

async function confirmFault(
  trx: Knex.Transaction,
  message: StoredMessage,
  loan: LoanEvidence,
  sender: Address | null,
): Promise<string | null> {
  const approval: { state: string; subject: { loan?: unknown; miner?: unknown } } | undefined = await trx(
    'approval',
  )
    .where({ id: loan.approval_id ?? '', kind: 'loan' })
    .first('state', 'subject');
  if (approval?.state !== 'accepted') return 'The loan is not approved.';
  if (approval.subject.loan !== loan.id || approval.subject.miner !== loan.miner)
    return 'Approved for another loan.';
  return names(message, sender) ? null : 'It names another owner than the escrow.';
}

async function proposeFault(
  trx: Knex.Transaction,
  message: StoredMessage,
  loan: LoanEvidence,
  prover: Address | null,
): Promise<string | null> {
  const signedFor = ` ${loan.id} ${loan.miner} `;
  const proof = checkOwnerProof(addressFrom(loan.proof_address), loan.text, loan.proof_signature);
  if (proof !== null || !loan.text.includes(signedFor)) return "The loan has no valid owner's proof.";
  if (!names(message, prover)) return 'It names another owner than the one who signed the proof.';
  if (loan.state !== 'settled' && loan.state !== 'returning') return `The loan is ${loan.state}.`;
  return (await owed(trx, loan.id)) ? 'FIL is still lent, or on its way to the miner.' : null;
}

/** Principal in the books, or a signed disbursement whose end is not final. */
async function owed(trx: Knex.Transaction, loanId: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: readonly { owed: boolean }[] }>(
    `SELECT ledger.still_lent(:loanId) OR EXISTS (
       SELECT FROM chain.message WHERE kind = 'disburse' AND subject_kind = 'loan' AND subject_id = :loanId
         AND state IN ('signed', 'pushed', 'included')
     ) AS owed`,
    { loanId },
  );
  return rows[0]?.owed !== false;
}
