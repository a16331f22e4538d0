import type { Knex } from 'knex';

/** What the signer reads before it moves an owner role: the loan, its owner's proof, and what is still owed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    GRANT SELECT ON loan, owner_challenge TO loanstone_signer;

    -- One question about the books, so that the signer reads no balance.
    CREATE FUNCTION ledger.still_lent(loan_id text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
      SET search_path = pg_catalog AS $$
      SELECT EXISTS (
        SELECT FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
        WHERE a.code = 'loan.principal' AND a.owner = loan_id AND b.debits_posted > b.credits_posted)
    $$;
    REVOKE ALL ON FUNCTION ledger.still_lent(text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ledger.still_lent(text) TO loanstone_signer;
  `);
}
