/** One loan's progress as server-sent events: each step once, in order, from wherever the client left off. */
import type { Response } from 'express';
import { z } from 'zod';
import { lastStepOf } from '../db/loan-progress';
import { isOver } from '../domain/loan';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { idParams } from './fields';
import type { Lifetime } from './health';
import { ownLoan } from './loan';
import { makeLoanFeed, type FeedSettings } from './loan-feed';
import { route, type Route } from './route';

function toldBefore(lastEventId: string): number {
  if (lastEventId === '') return 0;
  if (!/^[0-9]{1,9}$/.test(lastEventId))
    throw new RefusalError('malformed-request', 'The Last-Event-ID is the id of an event of this stream.');
  return Number(lastEventId);
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // nginx would keep events back until its buffer is full
  'X-Accel-Buffering': 'no',
};

/** The stream; `settings` differ in tests only. */
export function loanEventRoutes(deps: ApiDeps, lifetime: Lifetime, settings?: FeedSettings): Route[] {
  const feed = makeLoanFeed(deps, lifetime, settings);
  return [
    route({
      method: 'get',
      path: '/v1/loans/:id/events',
      access: 'customer',
      scope: 'loan:read',
      tag: 'loans',
      summary: "One loan's steps as server-sent events, until the loan is over",
      params: idParams,
      contentType: 'text/event-stream; charset=utf-8',
      answer: z.string().meta({
        description:
          'Events `step` (id: its seq, data: the step as JSON) and at last `end`; resumes after Last-Event-ID; 204 where the loan is over and all was told',
      }),
      refusals: ['not-found', 'streams-full'],
      handler: async ({ actor, params, lastEventId }) => {
        const loan = await ownLoan(deps, actor, params.id);
        const told = toldBefore(lastEventId);
        // An EventSource connects again after every end; 204 is what tells it to stop.
        const done = isOver(loan.state) && told >= (await lastStepOf(deps.knex, loan.id));
        const stream = (response: Response): void => {
          if (done) {
            response.status(204).end();
            return;
          }
          feed.expectRoom(actor);
          response.set(HEADERS).flushHeaders();
          feed.open(actor, loan.id, told, response);
        };
        return { body: '', stream };
      },
    }),
  ];
}
