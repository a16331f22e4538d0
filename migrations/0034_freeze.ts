/**
 * One person stops what leaves the platform, two people let it go on (domain/freeze.ts). A signature and a freeze shut
 * each other out by one advisory lock: signers share it, who freezes or lifts has it alone. So all that was signed was
 * signed before the freeze committed, and nothing of what it stops after.
 */
import type { Knex } from 'knex';

const TABLES = `
-- Plural: the singular is a word of SQL.
CREATE TABLE freezes (
  id text PRIMARY KEY,
  scope text NOT NULL CHECK (scope IN ('payouts', 'lending', 'customer')),
  customer_id text REFERENCES customer (id),
  cause text NOT NULL CHECK (cause IN ('person', 'reconciliation')),
  reason text NOT NULL CHECK (reason ~ '[^[:space:]]'),
  set_by text,
  set_by_role text,
  workflow_id text NOT NULL UNIQUE,
  -- by the clock at which the lock was held: every signature is before or after, none in between
  frozen_at timestamptz NOT NULL,
  lifted_at timestamptz,
  -- by which two people lifted it
  approval_id text UNIQUE REFERENCES approval (id),
  CHECK ((scope = 'customer') = (customer_id IS NOT NULL)),
  CHECK ((cause = 'person') = (set_by IS NOT NULL)),
  CHECK ((set_by IS NULL) = (set_by_role IS NULL)),
  CHECK ((lifted_at IS NULL) = (approval_id IS NULL))
);
-- A person's and a reconciliation's may stand together: each is lifted by itself.
CREATE UNIQUE INDEX freeze_standing ON freezes (scope, coalesce(customer_id, ''), cause) WHERE lifted_at IS NULL;

-- Which messages each scope stops: STOPS of domain/freeze.ts.
CREATE TABLE freeze_stop (
  scope text NOT NULL CHECK (scope IN ('payouts', 'lending', 'customer')),
  message_kind text NOT NULL,
  PRIMARY KEY (scope, message_kind)
);
INSERT INTO freeze_stop (scope, message_kind) VALUES
  ('payouts', 'withdraw'), ('payouts', 'disburse'), ('payouts', 'owner-propose'), ('payouts', 'to-cold'),
  ('lending', 'disburse'),
  ('customer', 'withdraw'), ('customer', 'disburse'), ('customer', 'owner-propose');
`;

const GUARDS = `
CREATE FUNCTION freeze_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Waits for the signatures that are being made; those that come wait for this.
  PERFORM pg_advisory_xact_lock(hashtext('freeze'));
  IF TG_OP = 'INSERT' THEN
    IF NEW.approval_id IS NOT NULL THEN
      RAISE EXCEPTION 'a freeze begins frozen' USING ERRCODE = 'check_violation';
    END IF;
    NEW.frozen_at := clock_timestamp();
    RETURN NEW;
  END IF;
  IF OLD.lifted_at IS NOT NULL OR to_jsonb(NEW) - 'lifted_at' - 'approval_id'
      IS DISTINCT FROM to_jsonb(OLD) - 'lifted_at' - 'approval_id' THEN
    RAISE EXCEPTION 'freeze %: what was frozen, and why, never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id AND a.kind = 'lift' AND a.state = 'accepted'
      AND a.subject_id = OLD.id) THEN
    RAISE EXCEPTION 'freeze %: only two people lift it', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  NEW.lifted_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER freeze_guard BEFORE INSERT OR UPDATE ON freezes FOR EACH ROW EXECUTE FUNCTION freeze_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON freezes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON freezes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON freeze_stop FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

const SIGNING = `
-- For whom a message leaves: the borrower of its loan, or who withdraws.
CREATE FUNCTION freeze_customer_of(of_kind text, of_id text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF of_kind = 'loan' THEN RETURN (SELECT borrower_id FROM loan WHERE id = of_id); END IF;
  IF of_kind = 'withdrawal' THEN RETURN (SELECT customer_id FROM withdrawal WHERE id = of_id); END IF;
  RETURN NULL;
END $$;

-- What stands against signing such a message, the oldest first; none where nothing does. Until the caller's transaction
-- ends, no freeze is written and none is lifted.
CREATE FUNCTION freeze_over(kind text, of_kind text, of_id text) RETURNS SETOF freezes LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM freeze_stop s WHERE s.message_kind = freeze_over.kind) THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('freeze'));
  RETURN QUERY SELECT f.* FROM freezes f JOIN freeze_stop s ON s.scope = f.scope AND s.message_kind = freeze_over.kind
    WHERE f.lifted_at IS NULL AND (f.customer_id IS NULL OR f.customer_id = freeze_customer_of(of_kind, of_id))
    ORDER BY f.frozen_at;
END $$;

-- Whoever signs and whatever they checked: no signature is kept of what is frozen.
CREATE FUNCTION chain.attempt_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  m chain.message;
  f freezes;
BEGIN
  SELECT * INTO m FROM chain.message WHERE id = NEW.message_id;
  SELECT * INTO f FROM freeze_over(m.kind, m.subject_kind, m.subject_id) LIMIT 1;
  IF f.id IS NOT NULL THEN
    RAISE EXCEPTION 'message %: frozen by %', NEW.message_id, f.id USING ERRCODE = 'check_violation';
  END IF;
  NEW.created_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE INSERT ON chain.attempt FOR EACH ROW EXECUTE FUNCTION chain.attempt_frozen();

GRANT SELECT, INSERT ON freezes TO loanstone_app;
GRANT UPDATE (lifted_at, approval_id) ON freezes TO loanstone_app;
GRANT SELECT ON freeze_stop TO loanstone_app, loanstone_signer;
GRANT SELECT ON freezes TO loanstone_signer;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [TABLES, GUARDS, SIGNING]) await knex.raw(sql);
}
