/** What somebody tried and was refused: Temporal keeps no trace of a refused Update, so we do. */
import type { Knex } from 'knex';

export interface RefusedAttempt {
  readonly actorId: string;
  readonly actorRole: string;
  /** Method and path template of the call. */
  readonly action: string;
  /** What it was about: the path as called. */
  readonly subject: string;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
}

export interface RefusedAttemptRow {
  readonly id: number;
  readonly at: Date;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly action: string;
  readonly subject: string;
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
}

/** Records it, outside of any transaction of the refused work. */
export async function noteRefusal(db: Knex, attempt: RefusedAttempt): Promise<void> {
  await db('refused_attempt').insert({
    actor_id: attempt.actorId,
    actor_role: attempt.actorRole,
    action: attempt.action,
    subject: attempt.subject,
    code: attempt.code,
    detail: attempt.detail,
    request_id: attempt.requestId,
  });
}
