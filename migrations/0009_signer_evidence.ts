import type { Knex } from 'knex';

/** What the signer reads before it moves an owner role: the loan, its owner's proof, and what is still owed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    GRANT SELECT ON loan, owner_challenge TO loanstone_signer;
    GRANT SELECT ON ledger.account, ledger.balance TO loanstone_signer;
  `);
}
