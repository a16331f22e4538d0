/** Whether the chain goes on: its head as chain-watch walked it, and what made booking stop. */
import type { Knex } from 'knex';
import { z } from 'zod';
import { epochOut, timeOut } from './fields';

export const chainStanding = z
  .strictObject({
    head: epochOut,
    headAt: timeOut.nullable().meta({ description: 'When the head was walked' }),
    clock: epochOut.meta({ description: 'The last finalised epoch that is booked' }),
    halted: z.string().nullable().meta({ description: 'Why booking stopped' }),
    stalled: z.boolean().meta({ description: 'No new head for far longer than heads took lately' }),
  })
  .nullable()
  .meta({ description: 'null before chain-watch has begun' });

/** A head is late when it takes this many times what heads took lately, and a minute at least. */
const LATE = 20;

const SQL = `
  SELECT c.head, c.clock, c.halted, max(t.walked_at) AS "headAt",
    coalesce(now() - max(t.walked_at) > greatest(interval '1 minute',
      ${LATE} * (max(t.walked_at) - min(t.walked_at)) / greatest(1, count(*) - 1)), false) AS stalled
  FROM watch.cursor c
  LEFT JOIN LATERAL (SELECT walked_at FROM watch.tipset WHERE state <> 'reverted' ORDER BY height DESC LIMIT 20) t ON true
  GROUP BY c.head, c.clock, c.halted`;

interface Row {
  readonly head: number;
  readonly clock: number;
  readonly halted: string | null;
  readonly headAt: Date | null;
  readonly stalled: boolean;
}

/** Where the chain stands. */
export async function chainNews(knex: Knex): Promise<z.output<typeof chainStanding>> {
  const { rows } = await knex.raw<{ rows: Row[] }>(SQL);
  const [row] = rows;
  return row === undefined ? null : { ...row, headAt: row.headAt?.toISOString() ?? null };
}
