/** Payments as steps of a loan: the track shows each with its split, its message and its journal. */
import type { Knex } from 'knex';
import { attoText, formatCoins } from '../domain/money';
import { appendStep, type LoanRow } from './loan';

interface RepaymentRow {
  readonly id: number;
  readonly source: string;
  readonly amount: string;
  readonly penalty: string;
  readonly fee: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
  readonly included_epoch: number;
  readonly journal_id: number;
  readonly message_id: string | null;
}

const fil = (amount: string): string => `${formatCoins(BigInt(amount))} FIL`;

function sentenceOf(row: RepaymentRow): string {
  const from = row.source === 'sweep' ? "A sweep of the miner's balance paid" : 'A direct payment of';
  const excess = row.excess === '0' ? '' : `, ${fil(row.excess)} beyond the debt to the borrower`;
  const charges = [['penalty', row.penalty] as const, ['fee', row.fee] as const]
    .filter(([, amount]) => amount !== '0')
    .map(([name, amount]) => `${fil(amount)} ${name}, `);
  return `${from} ${fil(row.amount)}: ${charges.join('')}${fil(row.interest)} interest, ${fil(row.principal)} principal${excess}`;
}

/** The loan's payments after the one of this id, oldest first, at most `limit`; amounts in atto. */
export async function paymentsAfter(db: Knex, loanId: string, id: number, limit: number) {
  const rows = await db<RepaymentRow & { loan_id: string; debt_after: string }>('repayment')
    .where({ loan_id: loanId })
    .andWhere('id', '>', id)
    .orderBy('id')
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    amount: attoText(BigInt(row.amount)),
    excess: attoText(BigInt(row.excess)),
    debt: attoText(BigInt(row.debt_after)),
  }));
}

/** Appends a step for each payment that has none, oldest first, at most `limit`; the caller holds the loan's lock. */
export async function noteRepayments(trx: Knex.Transaction, loan: LoanRow, limit: number): Promise<void> {
  const { rows } = await trx.raw<{ rows: RepaymentRow[] }>(
    `SELECT r.id, r.source, r.amount, r.penalty, r.fee, r.interest, r.principal, r.excess, r.included_epoch, r.journal_id,
       (SELECT m.id FROM chain.message m WHERE m.cid = r.message_cid) AS message_id
     FROM repayment r WHERE r.loan_id = :loan AND NOT EXISTS (
       SELECT FROM loan_step s WHERE s.loan_id = r.loan_id AND s.step = 'repayment-' || r.id)
     ORDER BY r.id LIMIT :limit`,
    { loan: loan.id, limit },
  );
  for (const row of rows) {
    await appendStep(trx, loan, {
      step: `repayment-${row.id}`,
      sentence: sentenceOf(row),
      epoch: row.included_epoch,
      messageId: row.message_id ?? undefined,
      journalId: row.journal_id,
    });
  }
}
