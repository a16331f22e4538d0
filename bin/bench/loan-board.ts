/** One look at all loans, shared by everybody who waits: waiting must not be the load that is measured. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';

export interface LoanSight {
  readonly id: string;
  readonly state: string;
  readonly escrow: string | null;
  readonly needsAction: string | null;
  /** The pre-flight has been judged. */
  readonly judged: boolean;
  readonly approval: string | null;
  readonly sweeps: number;
  /** Our proposal to give the owner role back is final. */
  readonly proposedBack: boolean;
}

export interface Board {
  /** Waits until `holds` says so of the loan. @throws where no loan has changed for a long time */
  readonly until: (id: string, what: string, holds: (loan: LoanSight) => boolean) => Promise<LoanSight>;
  readonly close: () => Promise<void>;
}

const LOOK = `
  SELECT l.id, l.state, l.escrow_id_address AS escrow, l.needs_action AS "needsAction",
    EXISTS (SELECT FROM preflight_report r WHERE r.loan_id = l.id) AS judged,
    (SELECT a.id FROM approval a WHERE a.subject_id = l.id AND a.state = 'waiting') AS approval,
    (SELECT count(*)::int FROM repayment p WHERE p.loan_id = l.id AND p.source = 'sweep') AS sweeps,
    EXISTS (SELECT FROM chain.message m WHERE m.subject_id = l.id AND m.kind = 'owner-propose' AND m.state = 'final')
      AS "proposedBack"
  FROM loan l`;
const EVERY_MS = 1_000;
/** So long without any change of any loan: something is stuck. */
const STILL_MS = 10 * 60_000;

export function openBoard(db: Knex): Board {
  const closing = new AbortController();
  let sights = new Map<string, LoanSight>();
  let failed: Error | null = null;
  let last = { text: '', at: performance.now() };
  const looking = (async () => {
    while (!closing.signal.aborted) {
      const { rows } = await db.raw<{ rows: LoanSight[] }>(LOOK);
      sights = new Map(rows.map((row) => [row.id, row]));
      const text = JSON.stringify(rows);
      if (text !== last.text) last = { text, at: performance.now() };
      else if (performance.now() - last.at > STILL_MS) throw new Error('no loan has moved for ten minutes');
      await delay(EVERY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })().catch((error: unknown) => {
    failed = error instanceof Error ? error : new Error(String(error));
  });
  return {
    until: async (id, what, holds) => {
      for (;;) {
        const sight = sights.get(id);
        if (sight !== undefined && holds(sight)) return sight;
        if (failed !== null)
          throw new Error(`${id} waits ${what}: ${failed.message}; ${JSON.stringify(sight)}`);
        if (sight?.needsAction != null) throw new Error(`${id} asks for help: ${sight.needsAction}`);
        await delay(EVERY_MS / 4);
      }
    },
    close: async () => {
      closing.abort();
      await looking;
    },
  };
}
