/** The home screen: what wants a person now, how many, and since when the oldest waits. */
import { z } from 'zod';
import { readPool } from '../db/pool';
import { APPROVAL_KINDS, decidePermission, mayDo } from '../domain/permission';
import { RefusalError } from '../domain/refusal';
import { balance } from '../ledger/read';
import type { StaffActor } from './actor';
import type { ApiDeps } from './deps';
import { amountOut } from './fields';
import { chainNews, chainStanding } from './home-chain';
import { COUNTS, count, counted, deskCounts, type Waiting } from './home-count';
import { helpWanted, helpWantedBy } from './home-help';
import { figuresOf } from './pool';
import { route, type Route } from './route';

const home = z.strictObject({
  ...(Object.fromEntries(Object.keys(COUNTS).map((name) => [name, count])) as Record<
    keyof typeof COUNTS,
    typeof count
  >),
  approvals: count.extend({
    mine: count.meta({ description: 'Those on which the caller may decide' }),
    kinds: z.array(z.enum(APPROVAL_KINDS)).meta({ description: 'What the caller decides on' }),
  }),
  unattributed: count.extend({ amount: amountOut }).meta({
    description: 'FIL that came unannounced and belongs to nobody yet: the balance of suspense',
  }),
  needsAction: helpWanted,
  chain: chainStanding,
  pool: z.record(z.string(), z.unknown()).nullable(),
});

async function approvals(deps: ApiDeps, actor: StaffActor): Promise<z.output<typeof home>['approvals']> {
  const kinds = APPROVAL_KINDS.filter((kind) => mayDo(actor.role, decidePermission(kind)));
  const all = await counted(deps.knex, `SELECT created_at AS at FROM approval WHERE state = 'waiting'`);
  const mine = await counted(
    deps.knex,
    `SELECT created_at AS at FROM approval WHERE state = 'waiting' AND kind = ANY(:kinds)
       AND maker_id IS DISTINCT FROM :actor`,
    { kinds, actor: actor.id },
  );
  return { ...all, mine, kinds };
}

async function unattributed(deps: ApiDeps): Promise<Waiting & { amount: string }> {
  const held = await balance(deps.knex, { code: 'suspense.unidentified', owner: '' });
  const came = await counted(
    deps.knex,
    `SELECT final_at AS at FROM watch.transfer WHERE booked_as = 'suspense'`,
  );
  const waits = held.balance === 0n ? { count: 0, oldestAt: null } : came;
  return { ...waits, amount: held.balance.toString() };
}

export function homeRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/admin/v1/home',
      access: 'read',
      tag: 'home',
      summary: 'What wants a person now',
      answer: home,
      refusals: ['service-unavailable'],
      handler: async ({ actor }) => {
        const [figures, waiting, money, help, chain, record] = await Promise.all([
          deskCounts(deps.knex),
          approvals(deps, actor),
          unattributed(deps),
          helpWantedBy(deps),
          chainNews(deps.knex),
          readPool(deps.knex, 'flexible'),
        ]);
        if (!record) throw new RefusalError('not-found', 'There is no flexible pool.');
        const own = { approvals: waiting, unattributed: money, needsAction: help, chain };
        return { body: { ...figures, ...own, pool: await figuresOf(deps.knex, record) } };
      },
    }),
  ];
}
