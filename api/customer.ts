/** Customers as staff see them; the name is unsealed for one customer at a time. */
import { z } from 'zod';
import { findCustomer } from '../db/customer';
import { readProfile } from '../db/profile';
import { holdingsOf } from './balance';
import type { ApiDeps } from './deps';
import { amountOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT c.id, c.email, c.state, c.round, a.address AS "depositAddress", c.created_at AS "createdAt",
    c.opened_at AS "openedAt"
  FROM customer c
  LEFT JOIN chain.address a ON a.kind = 'deposit' AND a.owner_kind = 'customer' AND a.owner_id = c.id`;

const customer = z.strictObject({
  id: z.string(),
  email: z.string(),
  state: z.string(),
  round: z.int().meta({ description: 'Which registration of this email it is' }),
  depositAddress: z.string().nullable(),
  createdAt: timeOut,
  openedAt: timeOut.nullable(),
});

const full = customer.extend({
  profile: z.strictObject({ fullName: z.string(), country: z.string() }).nullable(),
  available: amountOut,
  withdrawing: amountOut,
  positionsValue: amountOut,
});

export function customerRoutes(deps: ApiDeps): Route[] {
  const one = async ({ id }: Readonly<Record<string, unknown>>) => {
    const row = await findCustomer(deps.knex, String(id));
    const profile = row && (await readProfile(deps.knex, deps.settings.customerDataKey, row));
    const { available, withdrawing, positionsValue } = await holdingsOf(deps.knex, String(id));
    return { profile, available, withdrawing, positionsValue };
  };
  return resourceRoutes(
    deps,
    {
      name: 'customers',
      title: 'Customers',
      sql: SQL,
      schema: customer,
      idKind: 'text',
      fields: { email: 'text', state: 'text', depositAddress: 'text', createdAt: 'time', openedAt: 'time' },
      sort: ['createdAt', 'DESC'],
      search: ['email'],
      one,
    },
    full,
  );
}
