import type { Knex } from 'knex';

/** How often a reorg took an arrival back: the mark stays when it comes again, as the booking of it is another story. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE watch.transfer ADD COLUMN reorgs integer NOT NULL DEFAULT 0 CHECK (reorgs >= 0);
    ALTER TABLE watch.transfer ADD COLUMN reorged_at timestamptz;

    CREATE FUNCTION watch.mark_reorg() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'seen' AND NEW.state = 'orphaned' THEN
        NEW.reorgs := OLD.reorgs + 1;
        NEW.reorged_at := now();
      ELSE
        NEW.reorgs := OLD.reorgs;
        NEW.reorged_at := OLD.reorged_at;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER mark_reorg BEFORE UPDATE ON watch.transfer
      FOR EACH ROW EXECUTE FUNCTION watch.mark_reorg();
  `);
}
