/** Loans as their workflows would have left them, and the activities that decide on them. */
import type { ApplicationFailure } from '@temporalio/common';
import { makeLoanActivities } from '../../activities/loan';
import { insertLoan, keepChallenge, moveLoan, type LoanRow } from '../../db/loan';
import { attoText, type Atto } from '../../domain/money';
import { subjectHashOf } from '../../db/approval';
import type { LendingTerms } from '../../domain/loan-terms';
import { POOL, type Books } from '../pool/books';

export const MAKER = 'maker';

const subjectOf = (id: string) => ({ loan: id });
export const approvalOf = (id: string): string => `approval-of-${id}`;

/** A loan that waits for one person's approval; on the standard terms where none are given. */
export async function waitingLoan(
  { app }: Books,
  id: string,
  amount: Atto,
  terms?: LendingTerms,
): Promise<void> {
  const borrower = `borrower-of-${id}`;
  const miner = `f0${id}`;
  await app('registration').insert({ email: `${borrower}@example.test`, customer_id: borrower });
  await app('customer').insert({ id: borrower, email: `${borrower}@example.test`, state: 'open' });
  await keepChallenge(app, {
    loan_id: id,
    customer_id: borrower,
    miner,
    nonce: id,
    text: `text ${id}`,
    expiry_epoch: 9,
  });
  await app.transaction(async (trx) => {
    const proof = { address: 'f1a', signature: '01aa' };
    const asked = { miner, amount: attoText(amount), termEpochs: 1000, poolId: POOL, bucket: 'standard' };
    await insertLoan(trx, { id, borrowerId: borrower, ...asked, proof });
    await moveLoan(trx, id, 'preflight', { step: 'preflight', sentence: 'judged' });
  });
  await makeLoanActivities({ knex: app }).openLoanApproval({
    loanId: id,
    step: { step: 'forwarded', sentence: 'forwarded' },
    terms,
    approval: {
      id: approvalOf(id),
      kind: 'loan',
      subjectKind: 'loan',
      subjectId: id,
      workflowId: `loan/${id}`,
      subject: subjectOf(id),
      makerId: MAKER,
      quorum: 1,
    },
  });
}

/** A checker accepts; 'accepted', or the refusal's code. */
export function accept({ app }: Books, id: string, actor = 'checker'): Promise<string> {
  const decision = {
    approvalId: approvalOf(id),
    actor: { id: actor, role: 'checker' },
    decision: 'accept' as const,
    reason: 'good',
    subjectHash: subjectHashOf(subjectOf(id)),
  };
  return codeOf(makeLoanActivities({ knex: app }).decideLoan({ loanId: id, decision }), ({ state }) => state);
}

/** Gives up a loan before anything was lent; 'ended', or the refusal's code. */
export function giveUp({ app }: Books, id: string): Promise<string> {
  const ended = makeLoanActivities({ knex: app }).endLoan({
    loanId: id,
    to: 'cancelled',
    step: { step: 'cancelled', sentence: 'given up' },
    code: 'cancelled-by-staff',
    detail: 'a test',
  });
  return codeOf(ended, () => 'ended');
}

/** What a call gave, or the code of the refusal that it ended in; every other error goes on. */
export async function codeOf<T>(call: Promise<T>, told: (result: T) => string): Promise<string> {
  try {
    return told(await call);
  } catch (error) {
    const { type, nonRetryable } = error as ApplicationFailure;
    if (nonRetryable === true && typeof type === 'string') return type;
    throw error;
  }
}

export async function loanOf({ app }: Books, id: string): Promise<LoanRow> {
  const row = await app<LoanRow>('loan').where({ id }).first();
  if (row === undefined) throw new Error(`no loan ${id}`);
  return row;
}
