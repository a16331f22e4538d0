/** Our own on-chain messages: one payment, one nonce, every attempt. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT m.id, m.workflow_id AS "workflowId", m.kind, m.from_address AS "fromAddress", m.to_address AS "toAddress",
    m.value, m.method, m.subject_kind AS "subjectKind", m.subject_id AS "subjectId", m.summary,
    m.approval_id AS "approvalId", m.state, m.needs_action AS "needsAction", m.cid, s.nonce,
    m.included_epoch AS "includedEpoch", m.executed_epoch AS "executedEpoch", m.exit_code AS "exitCode", m.gas,
    m.journal_id AS "journalId", m.created_at AS "createdAt", m.closed_at AS "closedAt"
  FROM chain.message m LEFT JOIN chain.nonce_slot s ON s.message_id = m.id`;

const message = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  kind: z.string(),
  fromAddress: z.string(),
  toAddress: z.string(),
  value: amountOut.nullable(),
  method: z.int(),
  subjectKind: z.string(),
  subjectId: z.string(),
  summary: z.string(),
  approvalId: z.string().nullable(),
  state: z.string(),
  needsAction: z.string().nullable(),
  cid: z.string().nullable(),
  nonce: z.int().nullable(),
  includedEpoch: epochOut.nullable(),
  executedEpoch: epochOut.nullable(),
  exitCode: z.int().nullable(),
  gas: amountOut.nullable(),
  journalId: z.int().nullable(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const attempt = z.strictObject({
  id: z.int(),
  nonce: z.int(),
  cidSigned: z.string(),
  cidUnsigned: z.string(),
  gasLimit: z.int(),
  feeCap: amountOut,
  premium: amountOut,
  createdEpoch: epochOut,
  supersedes: z.int().nullable(),
  createdAt: timeOut,
});

interface AttemptRow extends Omit<z.output<typeof attempt>, 'createdAt'> {
  readonly createdAt: Date;
}

export function messageRoutes(deps: ApiDeps): Route[] {
  const attemptsOf = async (id: string) => {
    const { rows } = await deps.knex.raw<{ rows: AttemptRow[] }>(
      `SELECT id, nonce, cid_signed AS "cidSigned", cid_unsigned AS "cidUnsigned", gas_limit AS "gasLimit",
         fee_cap AS "feeCap", premium, created_epoch AS "createdEpoch", supersedes, created_at AS "createdAt"
       FROM chain.attempt WHERE message_id = ? ORDER BY id`,
      [id],
    );
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  };
  return resourceRoutes(
    deps,
    {
      name: 'messages',
      title: 'On-chain messages of ours',
      sql: SQL,
      schema: message,
      idKind: 'text',
      fields: {
        workflowId: 'text',
        kind: 'text',
        fromAddress: 'text',
        toAddress: 'text',
        subjectKind: 'text',
        subjectId: 'text',
        approvalId: 'text',
        state: 'text',
        cid: 'text',
        nonce: 'number',
        includedEpoch: 'number',
        createdAt: 'time',
      },
      sort: ['createdAt', 'DESC'],
      one: async ({ id }) => ({ attempts: await attemptsOf(String(id)) }),
    },
    message.extend({ attempts: z.array(attempt) }),
  );
}
