/** What the network asked a unit of gas at the last head that chain-watch saw: the API knows no node. attoFIL a unit. */
import type { Knex } from 'knex';

/** Keeps the base fee of a head; one that is known already writes nothing. */
export async function noteBaseFee(db: Knex, head: { height: number; baseFee: bigint }): Promise<void> {
  await db.raw(
    `INSERT INTO watch.base_fee (id, fee, epoch) VALUES (1, :fee, :epoch)
     ON CONFLICT (id) DO UPDATE SET fee = :fee, epoch = :epoch WHERE watch.base_fee.fee <> :fee`,
    { fee: head.baseFee.toString(), epoch: head.height },
  );
}

/** Least that the network ever asks; before the first head. */
const LEAST = 100n;

export async function readBaseFee(db: Knex): Promise<bigint> {
  const row = await db('watch.base_fee').first<{ fee: string } | undefined>('fee');
  return row === undefined ? LEAST : BigInt(row.fee);
}
