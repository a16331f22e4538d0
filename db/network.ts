/** What the node says of its network, kept for those who know no node. */
import type { Knex } from 'knex';

export interface KnownNetwork {
  readonly name: string;
  /** Unix seconds. */
  readonly genesisTime: number;
  readonly epochSeconds: number;
}

/** Keeps it; the same again writes nothing. */
export async function noteNetwork(
  db: Knex,
  { name, genesisTime, epochSeconds }: KnownNetwork,
): Promise<void> {
  await db.raw(
    `INSERT INTO watch.network (name, genesis_time, epoch_seconds) VALUES (:name, :genesisTime, :epochSeconds)
     ON CONFLICT (id) DO UPDATE SET (name, genesis_time, epoch_seconds) = (excluded.name, excluded.genesis_time,
       excluded.epoch_seconds)
     WHERE (network.name, network.genesis_time, network.epoch_seconds) IS DISTINCT FROM
       (excluded.name, excluded.genesis_time, excluded.epoch_seconds)`,
    { name, genesisTime, epochSeconds },
  );
}

/** The network, or null before chain-watch has begun. */
export async function readNetwork(db: Knex): Promise<KnownNetwork | null> {
  const row = await db<{ name: string; genesis_time: number; epoch_seconds: number }>(
    'watch.network',
  ).first();
  return row ? { name: row.name, genesisTime: row.genesis_time, epochSeconds: row.epoch_seconds } : null;
}
