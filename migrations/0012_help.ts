import type { Knex } from 'knex';

/**
 * A kind of approval of its own: what a person asks of a workflow that needs help, where it moves money. At most one waits
 * for a workflow.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE approval DROP CONSTRAINT approval_kind_check;
    ALTER TABLE approval ADD CONSTRAINT approval_kind_check
      CHECK (kind IN ('onboarding','loan','top-up','loan-extension','loan-disbursement','help'));
    CREATE UNIQUE INDEX approval_one_help ON approval (workflow_id) WHERE kind = 'help' AND state = 'waiting';
  `);
}
