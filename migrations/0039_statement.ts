import type { Knex } from 'knex';

/** Statements find the events of positions by their journals. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'CREATE INDEX position_event_journal ON position_event (journal_id) WHERE journal_id IS NOT NULL',
  );
}
