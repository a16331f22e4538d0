/** The books: journals with their postings, accounts with their statements, the trial balance. */
import { z } from 'zod';
import { identity, trialBalance } from '../ledger/read';
import { accountStatement } from '../ledger/read-journal';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, timeOut } from './fields';
import { contentRange, listQuery, resourceRoutes } from './list';
import { route, type Route } from './route';
import { RefusalError } from '../domain/refusal';

const JOURNALS = `
  SELECT j.id, j.key, j.kind, s.code AS asset, j.phase, j.pending_id AS "pendingId", j.reverses_id AS "reversesId",
    j.pool_id AS "poolId", j.loan_id AS "loanId", j.effective_epoch AS "effectiveEpoch",
    j.executed_epoch AS "executedEpoch", j.booked_epoch AS "bookedEpoch", j.booked_at AS "bookedAt",
    j.workflow_id AS "workflowId", j.approval_id AS "approvalId", j.message_cid AS "messageCid",
    (SELECT jsonb_agg(jsonb_build_object('line', p.line, 'accountId', a.id, 'code', a.code, 'owner', a.owner,
      'side', CASE p.side WHEN 'D' THEN 'debit' ELSE 'credit' END, 'amount', p.amount::text,
      'balanceAfter', p.balance_after::text) ORDER BY p.line)
     FROM ledger.posting p JOIN ledger.account a ON a.id = p.account_id WHERE p.journal_id = j.id) AS postings
  FROM ledger.journal j JOIN ledger.asset s ON s.id = j.asset_id`;

const posting = z.strictObject({
  line: z.int(),
  accountId: z.int(),
  code: z.string(),
  owner: z.string(),
  side: z.enum(['debit', 'credit']),
  amount: amountOut,
  balanceAfter: amountOut,
});

const journal = z.strictObject({
  id: z.int(),
  key: z.string(),
  kind: z.string(),
  asset: z.string(),
  phase: z.string(),
  pendingId: z.int().nullable(),
  reversesId: z.int().nullable(),
  poolId: z.string().nullable(),
  loanId: z.string().nullable(),
  effectiveEpoch: epochOut,
  executedEpoch: epochOut.nullable(),
  bookedEpoch: epochOut,
  bookedAt: timeOut,
  workflowId: z.string(),
  approvalId: z.string().nullable(),
  messageCid: z.string().nullable(),
  postings: z.array(posting),
});

const ACCOUNTS = `
  SELECT a.id, a.code, a.owner, s.code AS asset, b.normal_side AS "normalSide",
    CASE b.normal_side WHEN 'D' THEN b.debits_posted - b.credits_posted ELSE b.credits_posted - b.debits_posted END
      AS balance,
    b.debits_posted AS debits, b.credits_posted AS credits, b.debits_pending AS "pendingDebits",
    b.credits_pending AS "pendingCredits", b.version, a.opened_at AS "openedAt"
  FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id JOIN ledger.asset s ON s.id = a.asset_id`;

const account = z.strictObject({
  id: z.int(),
  code: z.string(),
  owner: z.string(),
  asset: z.string(),
  normalSide: z.string(),
  balance: amountOut.meta({ description: 'On the normal side' }),
  debits: amountOut,
  credits: amountOut,
  pendingDebits: amountOut,
  pendingCredits: amountOut,
  version: z.int().meta({ description: 'Number of postings' }),
  openedAt: timeOut,
});

const statementLine = z.strictObject({
  id: z.int().meta({ description: 'Version of the account: 1 is the first posting' }),
  journalId: z.int(),
  kind: z.string(),
  workflowId: z.string(),
  effectiveEpoch: epochOut,
  bookedAt: timeOut,
  side: z.enum(['debit', 'credit']),
  amount: amountOut,
  balanceAfter: amountOut,
});

const trial = z.strictObject({
  id: z.literal('trial-balance'),
  lines: z.array(
    z.strictObject({
      asset: z.string(),
      code: z.string(),
      normalSide: z.string(),
      accounts: z.int(),
      debits: amountOut,
      credits: amountOut,
      balance: amountOut,
    }),
  ),
  totals: z.array(
    z.strictObject({ asset: z.string(), debits: amountOut, credits: amountOut, difference: amountOut }),
  ),
  balanced: z.boolean(),
  identity: z.strictObject({
    asset: z.string(),
    assets: amountOut,
    claims: amountOut,
    own: amountOut,
    holds: z.boolean(),
  }),
});

async function readTrial(deps: ApiDeps): Promise<z.output<typeof trial>> {
  const [{ rows, totals, balanced }, whole] = await Promise.all([
    trialBalance(deps.knex),
    identity(deps.knex),
  ]);
  return {
    id: 'trial-balance',
    lines: rows.map((line) => ({ ...line })),
    totals: totals.map((total) => ({
      ...total,
      difference: (BigInt(total.debits) - BigInt(total.credits)).toString(),
    })),
    balanced,
    identity: { ...whole },
  };
}

function statementRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/admin/v1/accounts/:id/statement',
    access: 'read',
    tag: 'accounts',
    summary: 'The movements of an account with the balance after each, the newest first',
    params: idParams,
    query: listQuery.pick({ range: true }),
    answer: z.array(statementLine),
    handler: async ({ params, query }) => {
      if (!/^[0-9]{1,15}$/.test(params.id)) throw new RefusalError('not-found');
      const [start, end] = query.range ?? [0, 99];
      const page = { offset: start, limit: end - start + 1 };
      const { rows, total } = await accountStatement(deps.knex, Number(params.id), page);
      const body = rows.map(({ accountVersion, side, ...line }) => ({
        ...line,
        id: accountVersion,
        side: side === 'D' ? ('debit' as const) : ('credit' as const),
      }));
      return { body, headers: contentRange('statement', start, body.length, total) };
    },
  });
}

export function ledgerRoutes(deps: ApiDeps): Route[] {
  return [
    ...resourceRoutes(deps, {
      name: 'journals',
      title: 'Journals with their postings',
      sql: JOURNALS,
      schema: journal,
      idKind: 'number',
      fields: {
        key: 'text',
        kind: 'text',
        asset: 'text',
        phase: 'text',
        poolId: 'text',
        loanId: 'text',
        effectiveEpoch: 'number',
        executedEpoch: 'number',
        bookedAt: 'time',
        workflowId: 'text',
        approvalId: 'text',
        messageCid: 'text',
      },
      sort: ['id', 'DESC'],
    }),
    ...resourceRoutes(deps, {
      name: 'accounts',
      title: 'Accounts with their balances',
      sql: ACCOUNTS,
      schema: account,
      idKind: 'number',
      fields: {
        code: 'text',
        owner: 'text',
        asset: 'text',
        normalSide: 'text',
        balance: 'amount',
        debits: 'amount',
        credits: 'amount',
        version: 'number',
        openedAt: 'time',
      },
      sort: ['code', 'ASC'],
      search: ['owner', 'code'],
    }),
    statementRoute(deps),
    route({
      method: 'get',
      path: '/admin/v1/trial-balance',
      access: 'read',
      tag: 'accounts',
      summary: 'The trial balance, and the identity that must hold',
      answer: trial,
      handler: async () => ({ body: await readTrial(deps) }),
    }),
  ];
}
