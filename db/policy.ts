import type { Knex } from 'knex';
import { parsePolicy, type Policy, type PolicyKind } from '../domain/policy';

export interface PolicyInForce<K extends PolicyKind> {
  readonly version: number;
  readonly policy: Policy<K>;
}

/**
 * The version in force. `subject`: the pool's id where each pool has its own, else ''.
 * @throws where there is none: each kind has a first version since migration 0032
 */
export async function readPolicy<K extends PolicyKind>(
  db: Knex,
  kind: K,
  subject = '',
): Promise<PolicyInForce<K>> {
  const row = await db<{ kind: string; subject: string }>('policy_version')
    .where({ kind, subject })
    .orderBy('version', 'desc')
    .first<{ version: number; content: Readonly<Record<string, unknown>> } | undefined>('version', 'content');
  if (row === undefined) throw new Error(`there is no policy ${kind} for '${subject}'`);
  const parsed = parsePolicy(kind, row.content);
  if ('faults' in parsed)
    throw new Error(`policy ${kind} version ${row.version}: wrong ${parsed.faults.join(', ')}`);
  return { version: row.version, policy: parsed.policy };
}
