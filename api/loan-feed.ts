/**
 * Open event streams of loans, fed by one look at the database for all of them: nobody's stream costs a query of its
 * own, and with no stream open there is none at all. `seq` has no gaps and is written under the loan's lock, so that
 * nothing is missed between two looks.
 */
import type { Response } from 'express';
import { liveApiKeys } from '../db/api-key';
import { stepsAfter, type ProgressRow } from '../db/loan-progress';
import { liveSessions } from '../db/session';
import { isOver } from '../domain/loan';
import { RefusalError } from '../domain/refusal';
import type { CustomerActor, SignIn } from './actor';
import type { ApiDeps } from './deps';
import type { Lifetime } from './health';
import { customerStep } from './loan-schema';

export interface FeedSettings {
  readonly lookMs: number;
  /** A comment is sent so often, so that proxies and clients see that the line lives. */
  readonly heartbeatMs: number;
  readonly mostStreams: number;
  readonly mostOfOne: number;
}

const SETTINGS: FeedSettings = { lookMs: 1_000, heartbeatMs: 15_000, mostStreams: 1_000, mostOfOne: 10 };
/** Who does not read for so long that this much waits is cut off, and resumes from the last event. */
const MOST_WAITING_BYTES = 1_000_000;
const RETRY_MS = 2_000;

interface Stream {
  readonly loanId: string;
  readonly customerId: string;
  readonly by: SignIn;
  readonly response: Response;
  told: number;
}

export interface LoanFeed {
  /** Refuses with `streams-full` where there are as many as there may be. */
  readonly expectRoom: (actor: CustomerActor) => void;
  /** Sends the loan's steps after `told` for as long as both sides stay. */
  readonly open: (actor: CustomerActor, loanId: string, told: number, response: Response) => void;
}

function eventOf(row: ProgressRow): string {
  const step = customerStep.parse({
    seq: row.seq,
    step: row.step,
    state: row.state,
    at: row.at.toISOString(),
    epoch: row.epoch,
    actorRole: row.actor_role,
    messageId: row.message_id,
    journalId: row.journal_id,
    sentence: row.sentence,
  });
  return `id: ${row.seq}\nevent: step\ndata: ${JSON.stringify(step)}\n\n`;
}

const isOpen = ({ response }: Stream): boolean => !response.writableEnded && !response.destroyed;

function tell(stream: Stream, rows: readonly ProgressRow[]): void {
  for (const row of rows) {
    if (row.loan_id !== stream.loanId || row.seq <= stream.told) continue;
    stream.told = row.seq;
    stream.response.write(eventOf(row));
    if (!isOver(row.state)) continue;
    const last = JSON.stringify({ state: row.state, outcome: row.outcome });
    stream.response.end(`event: end\ndata: ${last}\n\n`);
    return;
  }
  if (stream.response.writableLength > MOST_WAITING_BYTES) stream.response.destroy();
}

/** Ends the streams whose session or key is over; the others get their sign of life. */
async function beat(deps: ApiDeps, streams: readonly Stream[]): Promise<void> {
  const idsOf = (kind: SignIn['kind']) => streams.flatMap(({ by }) => (by.kind === kind ? [by.id] : []));
  const live = new Set([
    ...(await liveSessions(deps.knex, idsOf('session'))),
    ...(await liveApiKeys(deps.knex, idsOf('api-key'))),
  ]);
  for (const { by, response } of streams.filter(isOpen)) {
    if (live.has(by.id)) response.write(': heartbeat\n\n');
    else response.end(': signed out\n\n');
  }
}

/** For each loan the least that one of its streams was told. */
function toldOf(streams: ReadonlySet<Stream>): Map<string, number> {
  const told = new Map<string, number>();
  for (const stream of streams)
    told.set(stream.loanId, Math.min(told.get(stream.loanId) ?? stream.told, stream.told));
  return told;
}

/** The feed of one process. */
export function makeLoanFeed(deps: ApiDeps, lifetime: Lifetime, settings: FeedSettings = SETTINGS): LoanFeed {
  const streams = new Set<Stream>();
  let timer: NodeJS.Timeout | null = null;
  let beatAt = 0;

  const look = async (): Promise<void> => {
    if (lifetime.stopping) {
      // Not the end of the loan: clients come back with their last event id, to another process.
      for (const { response } of streams) response.end();
      return;
    }
    const rows = await stepsAfter(deps.knex, toldOf(streams));
    for (const stream of streams) if (isOpen(stream)) tell(stream, rows);
    if (performance.now() < beatAt) return;
    beatAt = performance.now() + settings.heartbeatMs;
    // Those of now: one that opens during the question was not asked about.
    await beat(deps, [...streams]);
  };
  const lookIn = (ms: number): void => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => deps.log.warn({ err: error }, 'the event streams cannot look'))
        .finally(() => {
          timer = null;
          if (streams.size > 0) lookIn(settings.lookMs);
        });
    }, ms);
  };

  return {
    expectRoom: ({ id }) => {
      const own = [...streams].filter(({ customerId }) => customerId === id).length;
      if (own >= settings.mostOfOne)
        throw new RefusalError('streams-full', `You have ${own} event streams open: close one first.`);
      if (streams.size >= settings.mostStreams) throw new RefusalError('streams-full');
    },
    open: (actor, loanId, told, response) => {
      const stream: Stream = { loanId, customerId: actor.id, by: actor.by, response, told };
      if (!isOpen(stream)) return;
      if (streams.size === 0) beatAt = performance.now() + settings.heartbeatMs;
      streams.add(stream);
      response.on('close', () => streams.delete(stream));
      response.on('error', (error) => deps.log.debug({ err: error }, 'an event stream broke'));
      response.write(`retry: ${RETRY_MS}\n\n`);
      if (timer === null) lookIn(0);
    },
  };
}
