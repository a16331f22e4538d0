import type { Knex } from 'knex';

/**
 * Out of a pool (domain/redemption.ts). The queue is counted in shares and in requests since it began, so that any
 * place in it is a subtraction; requests are numbered under the pool's lock.
 */
const TABLES = `
CREATE TABLE redemption_queue (
  pool_id text PRIMARY KEY REFERENCES pool,
  tail atto NOT NULL DEFAULT 0,
  placed bigint NOT NULL DEFAULT 0 CHECK (placed >= 0),
  head atto NOT NULL DEFAULT 0 CHECK (head <= tail),
  passed bigint NOT NULL DEFAULT 0 CHECK (passed BETWEEN 0 AND placed),
  -- who waits, given-up requests that the head has not passed left out
  waiting bigint NOT NULL DEFAULT 0 CHECK (waiting BETWEEN 0 AND placed - passed)
);
INSERT INTO redemption_queue (pool_id) SELECT id FROM pool;

-- Shares of a position that wait to be burnt; they still count and earn.
ALTER TABLE position ADD COLUMN queued_shares atto NOT NULL DEFAULT 0;
ALTER TABLE position ADD CONSTRAINT queued_within_shares CHECK (queued_shares <= shares);

-- amount: FIL asked for, NULL = everything. What was asked for is kept even where it was refused.
CREATE TABLE redemption (
  id text PRIMARY KEY,
  customer_id text NOT NULL,
  token_id bigint NOT NULL,
  amount atto CHECK (amount > 0),
  at_least atto,
  state text NOT NULL DEFAULT 'requested'
    CHECK (state IN ('requested', 'waiting', 'paid', 'cancelled', 'refused')),
  refusal text,
  pool_id text REFERENCES pool,
  ordinal bigint,
  queue_from atto,
  shares atto,
  burnt atto NOT NULL DEFAULT 0,
  paid atto NOT NULL DEFAULT 0,
  placed_epoch bigint,
  closed_epoch bigint,
  cancelled_by text,
  cancel_reason text,
  workflow_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  UNIQUE (pool_id, ordinal),
  CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CHECK ((state = 'cancelled') = (cancelled_by IS NOT NULL)),
  CHECK ((state IN ('requested', 'refused')) = (shares IS NULL)),
  CHECK ((shares IS NULL) = (pool_id IS NULL OR ordinal IS NULL OR queue_from IS NULL OR placed_epoch IS NULL)),
  CHECK (burnt <= coalesce(shares, 0)),
  CHECK (state <> 'paid' OR burnt = shares),
  CHECK ((closed_at IS NOT NULL) = (state IN ('paid', 'cancelled', 'refused')))
);
CREATE INDEX redemption_customer ON redemption (customer_id, created_at);
CREATE INDEX redemption_waiting ON redemption (pool_id, ordinal) WHERE state = 'waiting';
CREATE INDEX redemption_gap ON redemption (pool_id, ordinal) WHERE state = 'cancelled';

CREATE TABLE redemption_fill (
  redemption_id text NOT NULL REFERENCES redemption,
  n integer NOT NULL CHECK (n >= 1),
  shares atto NOT NULL CHECK (shares > 0),
  paid atto NOT NULL CHECK (paid > 0),
  epoch bigint NOT NULL,
  journal_id bigint NOT NULL UNIQUE REFERENCES ledger.journal,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (redemption_id, n)
);
`;

const GUARDS = `
CREATE FUNCTION redemption_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT (CASE OLD.state
      WHEN 'requested' THEN NEW.state IN ('waiting', 'paid', 'refused')
      WHEN 'waiting' THEN NEW.state IN ('paid', 'cancelled')
      ELSE false END) THEN
    RAISE EXCEPTION 'a redemption does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state IN ('paid', 'cancelled', 'refused')
      OR (NEW.id, NEW.customer_id, NEW.token_id, NEW.amount, NEW.workflow_id)
        IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.token_id, OLD.amount, OLD.workflow_id)
      OR (OLD.shares IS NOT NULL AND (NEW.shares, NEW.pool_id, NEW.ordinal, NEW.queue_from)
        IS DISTINCT FROM (OLD.shares, OLD.pool_id, OLD.ordinal, OLD.queue_from))
      OR NEW.burnt < OLD.burnt OR NEW.paid < OLD.paid THEN
    RAISE EXCEPTION 'what a redemption asked for, and its place, never change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER redemption_guard BEFORE UPDATE ON redemption FOR EACH ROW EXECUTE FUNCTION redemption_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON redemption FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON redemption_fill
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION redemption_queue_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.tail < OLD.tail OR NEW.head < OLD.head OR NEW.placed < OLD.placed OR NEW.passed < OLD.passed THEN
    RAISE EXCEPTION 'a queue only moves forward' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER queue_guard BEFORE UPDATE ON redemption_queue
  FOR EACH ROW EXECUTE FUNCTION redemption_queue_guard();

-- Customers' programs may redeem where a key says so.
ALTER TABLE api_key DROP CONSTRAINT api_key_scopes_check;
ALTER TABLE api_key ADD CONSTRAINT api_key_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@
  ARRAY['account:read','pool:deposit','pool:redeem','loan:read','loan:apply','loan:repay']);

GRANT SELECT, INSERT, UPDATE ON redemption TO loanstone_app;
GRANT SELECT, UPDATE ON redemption_queue TO loanstone_app;
GRANT SELECT, INSERT ON redemption_fill TO loanstone_app;
-- The signer signs no disbursement while somebody waits.
GRANT SELECT ON redemption_queue TO loanstone_signer;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(GUARDS);
}
