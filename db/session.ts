/** Sign-in sessions of customers and staff: opaque tokens, of which only the SHA-256 is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';

export type SessionKind = 'customer' | 'staff';

/** Minutes without a call, and minutes since sign-in, after which a session ends. */
export const SESSION_MINUTES: Record<SessionKind, { readonly idle: number; readonly absolute: number }> = {
  customer: { idle: 30, absolute: 24 * 60 },
  staff: { idle: 60, absolute: 12 * 60 },
};

export interface Session {
  readonly id: string;
  readonly kind: SessionKind;
  readonly actorId: string;
}

interface SessionRow {
  readonly id: string;
  readonly kind: SessionKind;
  readonly actor_id: string;
}

const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opens a session; the token is told once and not kept. */
export async function openSession(db: Knex, kind: SessionKind, actorId: string): Promise<{ token: string }> {
  const token = `${kind === 'staff' ? 'lss' : 'lsc'}_${randomBytes(32).toString('base64url')}`;
  await db('session').insert({
    id: idOf(token),
    kind,
    actor_id: actorId,
    expires_at: db.raw('now() + make_interval(mins => ?)', [SESSION_MINUTES[kind].absolute]),
  });
  return { token };
}

/** The live session of a token, its idle time begun anew; null when there is none or it has ended. */
export async function findSession(db: Knex, kind: SessionKind, token: string): Promise<Session | null> {
  const id = idOf(token);
  const row = await db<SessionRow>('session')
    .where({ id, kind })
    .whereNull('ended_at')
    .whereRaw('expires_at > now()')
    .whereRaw('last_seen_at > now() - make_interval(mins => ?)', [SESSION_MINUTES[kind].idle])
    .first('id', 'kind', 'actor_id');
  if (!row) return null;
  // Once a minute is fine enough for an idle limit and spares a write a call.
  await db('session')
    .where({ id })
    .whereRaw("last_seen_at < now() - interval '1 minute'")
    .update({ last_seen_at: db.fn.now() });
  return { id: row.id, kind: row.kind, actorId: row.actor_id };
}

/** Those of the sessions that are not over; their idle time is not looked at: an open stream is no idling. */
export async function liveSessions(db: Knex, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  return db('session').whereIn('id', ids).whereNull('ended_at').whereRaw('expires_at > now()').pluck('id');
}

/** Ends one session at once. */
export async function endSession(db: Knex, id: string): Promise<void> {
  await db('session').where({ id }).whereNull('ended_at').update({ ended_at: db.fn.now() });
}

/** Ends every session of somebody. */
export async function endSessionsOf(db: Knex, kind: SessionKind, actorId: string): Promise<void> {
  await db('session')
    .where({ kind, actor_id: actorId })
    .whereNull('ended_at')
    .update({ ended_at: db.fn.now() });
}
