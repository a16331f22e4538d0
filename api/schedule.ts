/** What runs by the clock: Temporal Schedules, with pause, resume and trigger. */
import { ScheduleNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { idParams, reasonIn, timeOut } from './fields';
import { contentRange, listQuery } from './list';
import { RequestError } from './problem';
import { route, type Route } from './route';
import { ask } from './temporal';

/** Ours by name: other schedules of the namespace are not shown. */
const SCHEDULES = ['accrual', 'history-export', 'reconciliation', 'custody'];

const schedule = z.strictObject({
  id: z.string(),
  paused: z.boolean(),
  note: z.string().nullable(),
  lastRunAt: timeOut.nullable(),
  nextRunAt: timeOut.nullable(),
});

async function describe(deps: ApiDeps, id: string): Promise<z.output<typeof schedule>> {
  if (!SCHEDULES.includes(id)) throw new RefusalError('not-found', `There is no schedule ${id}.`);
  try {
    const { state, info } = await ask(deps.client, () => deps.client.schedule.getHandle(id).describe());
    return {
      id,
      paused: state.paused,
      note: state.note ?? null,
      lastRunAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
      nextRunAt: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError)
      throw new RefusalError('not-found', `The schedule ${id} is not made yet.`);
    throw error;
  }
}

async function list(deps: ApiDeps): Promise<z.output<typeof schedule>[]> {
  const found = await Promise.all(
    SCHEDULES.map((id) =>
      describe(deps, id).catch((error: unknown) => {
        if (error instanceof RefusalError && error.code === 'not-found') return null;
        throw error;
      }),
    ),
  );
  return found.filter((row) => row !== null);
}

const verbs = ['pause', 'resume', 'trigger'] as const;

async function move(deps: ApiDeps, id: string, verb: (typeof verbs)[number], note: string): Promise<void> {
  const handle = deps.client.schedule.getHandle(id);
  await ask(deps.client, async () => {
    if (verb === 'pause') await handle.pause(note);
    else if (verb === 'resume') await handle.unpause(note);
    else await handle.trigger();
  });
}

export function scheduleRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/admin/v1/schedules',
      access: 'read',
      tag: 'schedules',
      summary: 'What runs by the clock',
      query: listQuery,
      answer: z.array(schedule),
      handler: async ({ query }) => {
        const unknown = Object.keys(query.filter ?? {}).find((name) => name !== 'id');
        if (unknown !== undefined) {
          const detail = `"${unknown}" cannot be filtered by.`;
          throw new RequestError([{ pointer: '?filter', code: 'unknown-filter', detail }]);
        }
        if (query.sort && query.sort[0] !== 'id') {
          const detail = `"${query.sort[0]}" cannot be sorted by.`;
          throw new RequestError([{ pointer: '?sort', code: 'unknown-filter', detail }]);
        }
        const wanted: unknown = query.filter?.['id'];
        const ids = Array.isArray(wanted) ? wanted : wanted === undefined ? SCHEDULES : [wanted];
        const body = (await list(deps)).filter(({ id }) => ids.includes(id));
        return { body, headers: contentRange('schedules', 0, body.length, body.length) };
      },
    }),
    route({
      method: 'get',
      path: '/admin/v1/schedules/:id',
      access: 'read',
      tag: 'schedules',
      summary: 'One schedule',
      params: idParams,
      answer: schedule,
      handler: async ({ params }) => ({ body: await describe(deps, params.id) }),
    }),
    ...verbs.map((verb) =>
      route({
        method: 'post',
        path: `/admin/v1/schedules/:id/${verb}`,
        access: 'schedule:steer',
        tag: 'schedules',
        summary: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} a schedule`,
        idempotent: true,
        params: idParams,
        body: z.strictObject({ reason: reasonIn }),
        answer: schedule,
        refusals: ['reason-required'],
        handler: async ({ actor, params: { id }, body }) => {
          await describe(deps, id);
          await move(deps, id, verb, `${actor.role} ${actor.id}: ${body.reason}`);
          return { body: await describe(deps, id) };
        },
      }),
    ),
  ];
}
