/** Our sending addresses as lanes: one nonce slot after the other, each with every attempt that was signed for it. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

/** So many of the newest slots stand in a list; the single record has MOST. */
const IN_LIST = 24;
const MOST = 500;

const SQL = `
  SELECT s.address AS id, s.address, a.kind, a.owner_kind AS "ownerKind", a.owner_id AS "ownerId",
    a.id_address AS "idAddress", s.next_nonce AS "nextNonce", s.mode, s.frozen_reason AS "frozenReason",
    (SELECT p.id FROM approval p WHERE p.kind = 'unfreeze' AND p.subject_id = s.address AND p.state = 'waiting'
     ORDER BY p.created_at LIMIT 1) AS "approvalId",
    m.unsettled, m.drafts, m.needing, m.last_at AS "lastAt"
  FROM chain.sender s JOIN chain.address a ON a.address = s.address
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state IN ('signed', 'pushed', 'included')) AS unsettled,
      count(*) FILTER (WHERE state = 'draft') AS drafts,
      count(*) FILTER (WHERE needs_action IS NOT NULL) AS needing, max(created_at) AS last_at
    FROM chain.message WHERE from_address = s.address) m`;

const attempt = z.strictObject({
  id: z.int(),
  cid: z.string(),
  gasLimit: z.int(),
  feeCap: amountOut,
  premium: amountOut,
  createdEpoch: epochOut,
  landed: z.boolean(),
});

const slot = z.strictObject({
  nonce: z.int(),
  messageId: z.string(),
  kind: z.string(),
  summary: z.string(),
  state: z.string(),
  value: amountOut.nullable(),
  needsAction: z.string().nullable(),
  includedEpoch: epochOut.nullable(),
  exitCode: z.int().nullable(),
  gas: amountOut.nullable(),
  gasUsed: z.int().nullable().meta({ description: 'Gas units of the attempt that landed' }),
  waiting: z
    .int()
    .nullable()
    .meta({ description: 'Epochs since its first attempt, while none has landed; null after' }),
  reorgs: z.int().meta({ description: 'Tipsets that held an attempt and were taken back' }),
  attempts: z.array(attempt),
});

const sender = z.strictObject({
  id: z.string(),
  address: z.string(),
  kind: z.string(),
  ownerKind: z.string(),
  ownerId: z.string(),
  idAddress: z.string().nullable(),
  nextNonce: z.int(),
  mode: z.enum(['active', 'frozen', 'draining']),
  frozenReason: z.string().nullable(),
  approvalId: z.string().nullable().meta({ description: 'Waits for a second person: that it signs again' }),
  unsettled: z.int(),
  drafts: z.int().meta({ description: 'Messages that have no nonce yet' }),
  needing: z.int(),
  lastAt: timeOut.nullable(),
  slots: z.array(slot).meta({ description: `Rising nonces; in a list the newest ${IN_LIST}` }),
});

type Slot = z.output<typeof slot>;

const SLOTS = `
  SELECT n.sender, n.nonce, m.id AS "messageId", m.kind, m.summary, m.state, m.value, m.needs_action AS "needsAction",
    m.included_epoch AS "includedEpoch", m.exit_code AS "exitCode", m.gas,
    (SELECT max(i.gas_used) FROM chain.inclusion i WHERE i.cid = m.cid AND i.reverted_at IS NULL) AS "gasUsed",
    CASE WHEN m.state IN ('signed', 'pushed') THEN greatest(0, c.head - a.first_epoch) END AS waiting,
    coalesce(a.reorgs, 0) AS reorgs, coalesce(a.attempts, '[]') AS attempts
  FROM (SELECT *, row_number() OVER (PARTITION BY sender ORDER BY nonce DESC) AS place
        FROM chain.nonce_slot WHERE sender = ANY(:senders)) n
  JOIN chain.message m ON m.id = n.message_id
  LEFT JOIN watch.cursor c ON true
  LEFT JOIN LATERAL (
    SELECT min(t.created_epoch) AS first_epoch,
      sum((SELECT count(*) FROM chain.inclusion i WHERE i.cid IN (t.cid_signed, t.cid_unsigned)
        AND i.reverted_at IS NOT NULL))::int AS reorgs,
      jsonb_agg(jsonb_build_object('id', t.id, 'cid', t.cid_signed, 'gasLimit', t.gas_limit,
        'feeCap', t.fee_cap::text, 'premium', t.premium::text, 'createdEpoch', t.created_epoch,
        'landed', coalesce(m.cid IN (t.cid_signed, t.cid_unsigned), false)) ORDER BY t.id) AS attempts
    FROM chain.attempt t WHERE t.message_id = m.id) a ON true
  WHERE n.place <= :most ORDER BY n.sender, n.nonce`;

export function senderRoutes(deps: ApiDeps): Route[] {
  const slotsOf = async (senders: readonly string[], most: number): Promise<Map<string, Slot[]>> => {
    const bindings = { senders: [...senders], most };
    const { rows } = await deps.knex.raw<{ rows: (Slot & { sender: string })[] }>(SLOTS, bindings);
    const lanes = new Map<string, Slot[]>();
    for (const { sender: address, ...row } of rows) lanes.set(address, [...(lanes.get(address) ?? []), row]);
    return lanes;
  };
  return resourceRoutes(deps, {
    name: 'senders',
    title: 'Sending addresses with their nonces',
    sql: SQL,
    schema: sender,
    idKind: 'text',
    fields: {
      address: 'text',
      kind: 'text',
      ownerKind: 'text',
      ownerId: 'text',
      mode: 'text',
      nextNonce: 'number',
      unsettled: 'number',
      needing: 'number',
      lastAt: 'time',
    },
    sort: ['lastAt', 'DESC'],
    search: ['address', 'ownerId'],
    each: async (rows) => {
      const addresses = rows.map(({ id }) => String(id));
      const lanes = await slotsOf(addresses, IN_LIST);
      return addresses.map((address) => ({ slots: lanes.get(address) ?? [] }));
    },
    one: async ({ id }) => ({ slots: (await slotsOf([String(id)], MOST)).get(String(id)) ?? [] }),
  });
}
