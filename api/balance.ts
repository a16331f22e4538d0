/** What customers have: at hand, in pools, and what is on its way to them. */
import type { Knex } from 'knex';
import { z } from 'zod';
import { listPools } from '../db/pool';
import { attoText, type AttoText } from '../domain/money';
import { valueOfShares } from '../domain/share';
import { balance } from '../ledger/read';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { route, type Route } from './route';

interface PositionRow {
  readonly token_id: number;
  readonly pool_id: string;
  readonly shares: string;
  readonly minted_epoch: number;
  readonly principal: string | null;
}

export interface Holding {
  readonly id: number;
  readonly poolId: string;
  readonly shares: string;
  readonly principal: AttoText;
  readonly value: AttoText;
  readonly mintedEpoch: number;
  readonly asOfEpoch: number;
}

export interface Holdings {
  readonly available: AttoText;
  /** Set aside for withdrawals that are not final yet. */
  readonly withdrawing: AttoText;
  readonly positionsValue: AttoText;
  readonly positions: readonly Holding[];
}

async function setAside(db: Knex, customerId: string): Promise<AttoText> {
  const row = await db('withdrawal')
    .where({ customer_id: customerId, closed_at: null })
    .sum<{ held: string | null }[]>({ held: 'amount' });
  return attoText(BigInt(row[0]?.held ?? '0'));
}

/** Everything a customer has; positions are worth their share of the pool at its last accrued epoch. */
export async function holdingsOf(db: Knex, customerId: string): Promise<Holdings> {
  const [{ available }, withdrawing, pools, { rows }] = await Promise.all([
    balance(db, { code: 'customer.available', owner: customerId }),
    setAside(db, customerId),
    listPools(db),
    db.raw<{ rows: PositionRow[] }>(
      `SELECT p.token_id, p.pool_id, p.shares, p.minted_epoch, (SELECT e.principal FROM position_event e
         WHERE e.token_id = p.token_id ORDER BY e.seq DESC LIMIT 1) AS principal
       FROM position p WHERE p.customer_id = ? ORDER BY p.token_id`,
      [customerId],
    ),
  ]);
  const byId = new Map(pools.map(({ id, pool }) => [id, pool]));
  const positions = rows.map((row) => {
    const pool = byId.get(row.pool_id);
    if (!pool) throw new Error(`position ${row.token_id} is in no pool`);
    return {
      id: row.token_id,
      poolId: row.pool_id,
      shares: row.shares,
      principal: attoText(BigInt(row.principal ?? '0')),
      value: attoText(valueOfShares(pool, BigInt(row.shares))),
      mintedEpoch: row.minted_epoch,
      asOfEpoch: pool.lastEpoch,
    };
  });
  const positionsValue = attoText(positions.reduce((sum, { value }) => sum + BigInt(value), 0n));
  return { available: attoText(available), withdrawing, positionsValue, positions };
}

const holding = z.strictObject({
  id: z.int().meta({ description: 'Token id of the receipt, never used again' }),
  poolId: z.string(),
  shares: z.string(),
  principal: amountOut,
  value: amountOut,
  mintedEpoch: epochOut,
  asOfEpoch: epochOut,
});

const deposit = z.strictObject({
  id: z.string().meta({ description: 'Message CID and place in its transfer trace' }),
  cid: z.string(),
  index: z.int(),
  amount: amountOut,
  fromAddress: z.string(),
  state: z.string(),
  includedEpoch: epochOut,
  seenAt: timeOut,
  finalAt: timeOut.nullable(),
});

interface DepositRow extends Omit<z.output<typeof deposit>, 'seenAt' | 'finalAt'> {
  readonly seenAt: Date;
  readonly finalAt: Date | null;
}

export function balanceRoutes(deps: ApiDeps): Route[] {
  const { knex } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/balances',
      access: 'customer',
      scope: 'account:read',
      tag: 'account',
      summary: 'What you have at hand, on its way out, and in pools',
      answer: z.strictObject({
        id: z.string(),
        available: amountOut,
        withdrawing: amountOut.meta({ description: 'Set aside for withdrawals that are not final yet' }),
        positionsValue: amountOut,
      }),
      handler: async ({ actor }) => {
        const { available, withdrawing, positionsValue } = await holdingsOf(knex, actor.id);
        return { body: { id: actor.id, available, withdrawing, positionsValue } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/positions',
      access: 'customer',
      scope: 'account:read',
      tag: 'account',
      summary: 'Your positions in pools, the oldest first',
      answer: z.array(holding),
      handler: async ({ actor }) => ({ body: [...(await holdingsOf(knex, actor.id)).positions] }),
    }),
    route({
      method: 'get',
      path: '/v1/deposits',
      access: 'customer',
      scope: 'account:read',
      tag: 'account',
      summary: 'The newest 100 arrivals at your deposit address, confirmed or not',
      answer: z.array(deposit),
      handler: async ({ actor }) => {
        const { rows } = await knex.raw<{ rows: DepositRow[] }>(
          `SELECT cid || '-' || idx AS id, cid, idx AS index, value AS amount, from_address AS "fromAddress", state,
             included_epoch AS "includedEpoch", seen_at AS "seenAt", final_at AS "finalAt"
           FROM watch.transfer WHERE owner_kind = 'customer' AND owner_id = ? AND to_kind = 'deposit'
           ORDER BY seen_at DESC, cid, idx LIMIT 100`,
          [actor.id],
        );
        const body = rows.map((row) => ({
          ...row,
          seenAt: row.seenAt.toISOString(),
          finalAt: row.finalAt?.toISOString() ?? null,
        }));
        return { body };
      },
    }),
  ];
}
