/** One effect a key, for ever. The record is claimed before the work and completed with its answer. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

export interface IdempotencyClaim {
  readonly actor: string;
  readonly key: string;
  /** Method and path template. */
  readonly route: string;
  /** SHA-256 (hex) of what was asked for: path parameters and body. */
  readonly bodyHash: string;
}

export interface IdempotentAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

interface Row {
  readonly actor: string;
  readonly key: string;
  readonly route: string;
  readonly body_hash: string;
  readonly status: number | null;
  readonly response: unknown;
  readonly location: string | null;
}

/**
 * Claims the key.
 * @returns the answer kept from before, 'reused' where the key belongs to another request, or null: do the work.
 * Several callers may get null at once; the work is keyed too, so they meet in one effect.
 */
export async function claimKey(
  db: Knex,
  claim: IdempotencyClaim,
): Promise<IdempotentAnswer | 'reused' | null> {
  const { actor, key, route, bodyHash } = claim;
  await db('idempotency_record')
    .insert({ actor, key, route, body_hash: bodyHash })
    .onConflict(['actor', 'key'])
    .ignore();
  const row = await db<Row>('idempotency_record').where({ actor, key }).first();
  if (!row) throw new Error('the idempotency record has vanished');
  if (row.route !== route || row.body_hash !== bodyHash) return 'reused';
  return row.status === null ? null : { status: row.status, body: row.response, location: row.location };
}

/** Keeps the answer of the work that succeeded; the first one stays. */
export async function keepAnswer(
  db: Knex,
  claim: IdempotencyClaim,
  answer: IdempotentAnswer & { readonly workflowId: string | null },
): Promise<void> {
  await db('idempotency_record')
    .where({ actor: claim.actor, key: claim.key })
    .whereNull('status')
    .update({
      status: answer.status,
      response: JSON.stringify(answer.body),
      location: answer.location,
      workflow_id: answer.workflowId,
    });
}

/** The id of the work that a call starts: the same call again names the same work. */
export function workIdOf(actor: string, route: string, key: string): string {
  const hex = createHash('sha256').update(`${actor}|${route}|${key}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
