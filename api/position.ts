/** Positions as staff see them, each with what it is worth now. */
import { z } from 'zod';
import { amountOut, epochOut, timeOut } from './fields';
import type { ApiDeps } from './deps';
import { resourceRoutes } from './list';
import { poolsOnce } from './pool';
import type { Route } from './route';
import { valueOfShares } from '../domain/share';

const SQL = `
  SELECT p.token_id AS id, p.pool_id AS "poolId", p.customer_id AS "customerId",
    p.subscription_id AS "subscriptionId", p.shares, p.minted_epoch AS "mintedEpoch", p.created_at AS "createdAt"
  FROM position p`;

const event = z.strictObject({
  seq: z.int(),
  kind: z.string(),
  epoch: epochOut,
  ownerId: z.string(),
  shares: z.string(),
  principal: amountOut,
  journalId: z.int().nullable(),
  hash: z.string().meta({ description: 'SHA-256 over the event and the hash before it' }),
  at: timeOut,
});

const position = z.strictObject({
  id: z.int(),
  poolId: z.string(),
  customerId: z.string(),
  subscriptionId: z.string(),
  shares: z.string(),
  value: amountOut,
  mintedEpoch: epochOut,
  createdAt: timeOut,
});

interface EventRow extends Omit<z.output<typeof event>, 'at'> {
  readonly at: Date;
}

export function positionRoutes(deps: ApiDeps): Route[] {
  const { knex } = deps;
  return resourceRoutes(
    deps,
    {
      name: 'positions',
      title: 'Positions in pools',
      sql: SQL,
      schema: position,
      idKind: 'number',
      fields: {
        poolId: 'text',
        customerId: 'text',
        mintedEpoch: 'number',
        shares: 'amount',
        createdAt: 'time',
      },
      sort: ['id', 'DESC'],
      each: async (rows) => {
        const pools = await poolsOnce(knex);
        return rows.map((row) => {
          const pool = pools.get(String(row['poolId']));
          if (!pool) throw new Error(`position ${String(row['id'])} is in no pool`);
          return { value: valueOfShares(pool, BigInt(String(row['shares']))).toString() };
        });
      },
      one: async (row) => {
        const { rows } = await knex.raw<{ rows: EventRow[] }>(
          `SELECT seq, kind, epoch, owner_id AS "ownerId", shares, principal, journal_id AS "journalId",
             encode(hash, 'hex') AS hash, at FROM position_event WHERE token_id = ? ORDER BY seq`,
          [Number(row['id'])],
        );
        return { events: rows.map((found) => ({ ...found, at: found.at.toISOString() })) };
      },
    },
    position.extend({ events: z.array(event) }),
  );
}
