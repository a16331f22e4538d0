/** Payments on loans, each with what it paid: the parts always make up the whole. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT r.id, r.loan_id AS "loanId", l.number AS "loanNumber", l.miner, r.source, r.amount, r.penalty, r.fee, r.interest,
    r.principal, r.excess, r.debt_after AS "debtAfter", r.included_epoch AS "includedEpoch", r.executed_epoch AS "executedEpoch",
    r.journal_id AS "journalId", r.message_cid AS cid, m.id AS "messageId", r.workflow_id AS "workflowId",
    r.created_at AS "createdAt"
  FROM repayment r LEFT JOIN loan l ON l.id = r.loan_id LEFT JOIN chain.message m ON m.cid = r.message_cid`;

const repayment = z.strictObject({
  id: z.int(),
  loanId: z.string(),
  loanNumber: z.int().nullable(),
  miner: z.string().nullable(),
  source: z.string(),
  amount: amountOut,
  penalty: amountOut,
  fee: amountOut,
  interest: amountOut,
  principal: amountOut,
  excess: amountOut.meta({ description: "Beyond the debt: the borrower's" }),
  debtAfter: amountOut,
  includedEpoch: epochOut,
  executedEpoch: epochOut,
  journalId: z.int(),
  cid: z.string(),
  messageId: z.string().nullable().meta({ description: 'Where a message of ours brought it' }),
  workflowId: z.string(),
  createdAt: timeOut,
});

export function repaymentRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'repayments',
    title: 'Payments on loans',
    sql: SQL,
    schema: repayment,
    idKind: 'number',
    fields: {
      loanId: 'text',
      loanNumber: 'number',
      miner: 'text',
      source: 'text',
      amount: 'amount',
      includedEpoch: 'number',
      journalId: 'number',
      cid: 'text',
      createdAt: 'time',
    },
    sort: ['createdAt', 'DESC'],
    search: ['miner', 'loanId', 'cid'],
  });
}
