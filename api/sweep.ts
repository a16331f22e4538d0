/** Sweeps: what customers and miners paid in is gathered from its address on the hot wallet. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT s.address || '-' || s.n AS id, s.address, s.n, a.kind,
    CASE WHEN a.owner_kind = 'customer' THEN a.owner_id END AS "customerId",
    CASE WHEN a.owner_kind = 'loan' THEN a.owner_id END AS "loanId",
    s.state, coalesce(s.amount, m.value) AS amount, m.gas, s.message_id AS "messageId", m.cid,
    m.included_epoch AS "includedEpoch", m.journal_id AS "journalId", s.opened_by AS "openedBy",
    'sweep/' || s.address || '/' || s.n AS "workflowId", s.created_at AS "createdAt", s.closed_at AS "closedAt"
  FROM watch.sweep s JOIN chain.address a ON a.address = s.address
  LEFT JOIN chain.message m ON m.id = s.message_id`;

const sweep = z.strictObject({
  id: z.string(),
  address: z.string(),
  n: z.int(),
  kind: z.string(),
  customerId: z.string().nullable(),
  loanId: z.string().nullable(),
  state: z.string(),
  amount: amountOut
    .nullable()
    .meta({ description: 'attoFIL moved; null where there was nothing worth its gas' }),
  gas: amountOut.nullable(),
  messageId: z.string().nullable(),
  cid: z.string().nullable(),
  includedEpoch: epochOut.nullable(),
  journalId: z.int().nullable(),
  openedBy: z.string().meta({ description: 'The step that asked for it' }),
  workflowId: z.string(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

export function sweepRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'sweeps',
    title: 'Sweeps to the hot wallet',
    sql: SQL,
    schema: sweep,
    idKind: 'text',
    fields: {
      address: 'text',
      kind: 'text',
      customerId: 'text',
      loanId: 'text',
      state: 'text',
      amount: 'amount',
      messageId: 'text',
      includedEpoch: 'number',
      createdAt: 'time',
      closedAt: 'time',
    },
    sort: ['createdAt', 'DESC'],
    search: ['address', 'customerId', 'loanId'],
  });
}
