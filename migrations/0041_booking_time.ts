import type { Knex } from 'knex';

/**
 * A journal's time and head are those of the moment it is written, not of its transaction's beginning, and are taken
 * after its transaction has its number: whoever waits for the transactions that are numbered by now has then seen every
 * journal of before (ledger/read-statement.ts). So a statement once told is told the same for ever.
 */
const TRIGGER = `
CREATE FUNCTION ledger.date_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_current_xact_id();
  SELECT epoch INTO STRICT NEW.booked_epoch FROM ledger.chain_head WHERE id = 1;
  NEW.booked_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER dated BEFORE INSERT ON ledger.journal FOR EACH ROW EXECUTE FUNCTION ledger.date_journal();
REVOKE ALL ON FUNCTION ledger.date_journal() FROM PUBLIC;
`;

/** A point is as the last change of its epoch left the pool: where it held no share before, it began anew. */
const EMPTIED = 'ALTER TABLE pool_point ADD COLUMN emptied boolean NOT NULL DEFAULT false';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TRIGGER);
  await knex.raw(EMPTIED);
}
