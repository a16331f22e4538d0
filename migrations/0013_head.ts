import type { Knex } from 'knex';

/** When the highest head that the database knows was first seen: the age of a chain that stands still. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE ledger.chain_head ADD COLUMN risen_at timestamptz NOT NULL DEFAULT now();
    CREATE OR REPLACE FUNCTION ledger.note_head(epoch bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
      SET search_path = ledger, pg_temp AS $$
      UPDATE chain_head SET epoch = note_head.epoch, risen_at = clock_timestamp()
      WHERE id = 1 AND chain_head.epoch < note_head.epoch;
    $$;
  `);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('forward only'));
}
