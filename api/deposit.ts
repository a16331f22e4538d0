/** Everything that arrived at an address of ours, as staff see it. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

/** Finality is the distance that the chain shows now (head less clock): fixed on a devnet, F3's own on a real one. */
const SQL = `
  SELECT t.cid || '-' || t.idx AS id, t.cid, t.idx AS index, t.to_kind AS "toKind", t.to_address AS "toAddress",
    CASE WHEN t.owner_kind = 'customer' THEN t.owner_id END AS "customerId",
    CASE WHEN t.owner_kind = 'loan' THEN t.owner_id END AS "loanId",
    t.from_address AS "fromAddress", t.value AS amount, t.state, t.booked_as AS "bookedAs",
    t.included_epoch AS "includedEpoch", t.executed_epoch AS "executedEpoch", t.journal_id AS "journalId",
    CASE WHEN t.state = 'seen' THEN greatest(0, c.head - t.executed_epoch) END AS confirmations,
    CASE WHEN t.state = 'seen' THEN greatest(1, c.head - c.clock) END AS finality,
    t.reorgs, t.reorged_at AS "reorgedAt", t.seen_at AS "seenAt", t.final_at AS "finalAt"
  FROM watch.transfer t LEFT JOIN watch.cursor c ON true`;

const deposit = z.strictObject({
  id: z.string(),
  cid: z.string(),
  index: z.int(),
  toKind: z.string(),
  toAddress: z.string(),
  customerId: z.string().nullable(),
  loanId: z.string().nullable(),
  fromAddress: z.string(),
  amount: amountOut,
  state: z.string(),
  bookedAs: z.string().nullable(),
  includedEpoch: epochOut,
  executedEpoch: epochOut.nullable(),
  journalId: z.int().nullable(),
  confirmations: z
    .int()
    .nullable()
    .meta({ description: 'Epochs on top of its execution; null once it is final' }),
  finality: z
    .int()
    .nullable()
    .meta({ description: 'About as many confirmations make it final; null once it is' }),
  reorgs: z.int().meta({ description: 'How often a reorg took it back before it was final' }),
  reorgedAt: timeOut.nullable(),
  seenAt: timeOut,
  finalAt: timeOut.nullable(),
});

export function depositRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'deposits',
    title: 'Arrivals at our addresses',
    sql: SQL,
    schema: deposit,
    idKind: 'text',
    fields: {
      cid: 'text',
      toKind: 'text',
      toAddress: 'text',
      fromAddress: 'text',
      customerId: 'text',
      loanId: 'text',
      state: 'text',
      bookedAs: 'text',
      includedEpoch: 'number',
      reorgs: 'number',
      seenAt: 'time',
      finalAt: 'time',
    },
    sort: ['seenAt', 'DESC'],
  });
}
