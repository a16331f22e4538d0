import type { Knex } from 'knex';

/**
 * Given-up requests of a queue, summed so that those before any place are a handful of rows, however many there are: a
 * Fenwick tree over the numbers of the requests (domain/redemption-place.ts). Rows only grow, under the pool's lock.
 */
const TABLE = `
CREATE TABLE redemption_given_up (
  pool_id text NOT NULL REFERENCES pool,
  node bigint NOT NULL CHECK (node BETWEEN 1 AND 4294967296),
  shares atto NOT NULL,
  requests bigint NOT NULL CHECK (requests >= 1),
  PRIMARY KEY (pool_id, node)
);
INSERT INTO redemption_given_up
WITH RECURSIVE up (pool_id, node, shares) AS (
  SELECT pool_id, ordinal + 1, (shares - burnt)::numeric FROM redemption WHERE state = 'cancelled'
  UNION ALL
  SELECT pool_id, node + (node & -node), shares FROM up WHERE node + (node & -node) <= 4294967296)
SELECT pool_id, node, sum(shares), count(*) FROM up GROUP BY pool_id, node;
DROP INDEX redemption_gap;

CREATE FUNCTION redemption_given_up_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.pool_id, NEW.node) IS DISTINCT FROM (OLD.pool_id, OLD.node)
      OR NEW.shares < OLD.shares OR NEW.requests <= OLD.requests THEN
    RAISE EXCEPTION 'what was given up stays given up' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON redemption_given_up
  FOR EACH ROW EXECUTE FUNCTION redemption_given_up_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON redemption_given_up FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE ON redemption_given_up TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLE);
}
