/**
 * Custody: the hot wallet between its marks, the cold address, differences by class and what corrects them, and FIL of
 * nobody that two people assign to a customer.
 */
import type { Knex } from 'knex';

const RECONCILIATION = `
UPDATE watch.recon_item SET class = 'matched' WHERE diff = 0;
ALTER TABLE watch.recon_item DROP CONSTRAINT recon_item_class_check;
UPDATE watch.recon_item SET class = 'unknown' WHERE diff <> 0;
ALTER TABLE watch.recon_item ADD CONSTRAINT recon_item_class_check CHECK (class IN
  ('matched', 'unseen-deposit', 'internal-transfer', 'gas', 'foreign-use', 'unknown'));
-- Why it is of this class: the message, the epoch, the amounts.
ALTER TABLE watch.recon_item ADD COLUMN sentence text;
ALTER TABLE watch.recon_run ADD COLUMN unexplained integer NOT NULL DEFAULT 0 CHECK (unexplained >= 0);

-- The journal that made a difference vanish; of a finding that needed one.
ALTER TABLE watch.finding ADD COLUMN journal_id bigint UNIQUE REFERENCES ledger.journal (id);
CREATE OR REPLACE FUNCTION watch.finding_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.resolved_at IS NOT NULL OR to_jsonb(NEW) - 'resolved_at' - 'resolution_id' - 'journal_id'
      IS DISTINCT FROM to_jsonb(OLD) - 'resolved_at' - 'resolution_id' - 'journal_id' THEN
    RAISE EXCEPTION 'finding %: what was found does not change', OLD.id;
  END IF;
  IF NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.resolution_id AND a.kind = 'resolution'
      AND a.state = 'accepted' AND a.subject_id = OLD.id::text) THEN
    RAISE EXCEPTION 'finding %: only two people resolve it', OLD.id;
  END IF;
  IF NEW.journal_id IS NOT NULL AND NOT EXISTS (SELECT FROM ledger.journal j WHERE j.id = NEW.journal_id
      AND j.approval_id = NEW.resolution_id) THEN
    RAISE EXCEPTION 'finding %: its journal is of the same approval', OLD.id;
  END IF;
  -- A break is over when the books equal the newest run, address by address.
  IF OLD.kind = 'reconciliation-break' AND EXISTS (
      SELECT FROM (SELECT id, height FROM watch.recon_run ORDER BY created_at DESC LIMIT 1) r
      JOIN watch.recon_item i ON i.run_id = r.id
      WHERE i.chain_balance <> (SELECT coalesce(sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END), 0)
        FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id JOIN ledger.journal j ON j.id = p.journal_id
        WHERE a.code LIKE 'custody.%' AND a.owner = i.address AND j.phase IN ('posted', 'post_pending')
          AND j.executed_epoch <= r.height) AND i.class <> 'matched') THEN
    RAISE EXCEPTION 'finding %: books and chain still differ', OLD.id;
  END IF;
  RETURN NEW;
END $$;
`;

const ASSIGNMENT = `
-- One arrival of suspense becomes a customer's: asked for by one, agreed to by another, booked once.
CREATE TABLE assignment (
  id text PRIMARY KEY,
  cid text NOT NULL,
  idx integer NOT NULL,
  customer_id text NOT NULL REFERENCES customer (id),
  amount atto NOT NULL CHECK (amount > 0),
  reason text NOT NULL CHECK (reason ~ '[^[:space:]]'),
  asked_by text NOT NULL,
  workflow_id text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'assigned', 'refused', 'expired', 'impossible')),
  approval_id text UNIQUE REFERENCES approval (id),
  journal_id bigint UNIQUE REFERENCES ledger.journal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  FOREIGN KEY (cid, idx) REFERENCES watch.transfer (cid, idx),
  CHECK ((state = 'assigned') = (journal_id IS NOT NULL)),
  CHECK ((journal_id IS NOT NULL) = (approval_id IS NOT NULL)),
  CHECK ((state = 'asked') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX assignment_once ON assignment (cid, idx) WHERE state IN ('asked', 'assigned');

CREATE FUNCTION assignment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'asked' OR NOT EXISTS (SELECT FROM watch.transfer t WHERE t.cid = NEW.cid AND t.idx = NEW.idx
        AND t.booked_as = 'suspense' AND t.value = NEW.amount) THEN
      RAISE EXCEPTION 'only what lies in suspense is assigned, all of it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'asked' OR to_jsonb(NEW) - ARRAY['state', 'approval_id', 'journal_id', 'closed_at']
      IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'approval_id', 'journal_id', 'closed_at'] THEN
    RAISE EXCEPTION 'assignment %: what was asked for never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'assigned' AND NOT EXISTS (SELECT FROM approval a JOIN ledger.journal j ON j.approval_id = a.id
      WHERE a.id = NEW.approval_id AND a.kind = 'assignment' AND a.state = 'accepted' AND a.subject_id = OLD.id
        AND j.id = NEW.journal_id) THEN
    RAISE EXCEPTION 'assignment %: only two people assign', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER assignment_guard BEFORE INSERT OR UPDATE ON assignment
  FOR EACH ROW EXECUTE FUNCTION assignment_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON assignment FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

const CUSTODY = `
-- The cold address as the signer was told it by its own configuration, before the books have taken it up.
CREATE TABLE chain.cold_address (
  address text PRIMARY KEY,
  bytes bytea NOT NULL UNIQUE,
  configured_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain.cold_address
  FOR EACH ROW EXECUTE FUNCTION chain.append_only();
CREATE FUNCTION chain.cold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'cold' AND NOT EXISTS (SELECT FROM chain.cold_address c WHERE c.address = NEW.address) THEN
    RAISE EXCEPTION '% is not configured as cold', NEW.address;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cold_guard BEFORE INSERT ON chain.address FOR EACH ROW EXECUTE FUNCTION chain.cold_guard();

-- Hot and cold: what is above the high mark goes to cold, what is missing below the low mark is asked for. hot, owed: in
-- the books when it was begun. Amounts in attoFIL.
CREATE TABLE custody_transfer (
  n integer PRIMARY KEY CHECK (n >= 1),
  direction text NOT NULL CHECK (direction IN ('to-cold', 'refill')),
  amount atto NOT NULL CHECK (amount > 0),
  hot atto NOT NULL,
  owed atto NOT NULL,
  policy_version integer NOT NULL,
  cold_address text REFERENCES chain.address (address),
  workflow_id text NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'sent', 'failed', 'refused', 'expired', 'outdated',
                                       'wanted', 'settled')),
  approval_id text UNIQUE REFERENCES approval (id),
  message_id text UNIQUE,
  detail text,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((direction = 'refill') = (state IN ('wanted', 'settled'))),
  CHECK (direction = 'refill' OR cold_address IS NOT NULL),
  CHECK (state NOT IN ('approved', 'sent', 'failed') OR approval_id IS NOT NULL),
  CHECK ((closed_at IS NULL) = (state IN ('proposed', 'approved', 'wanted')))
);
CREATE UNIQUE INDEX custody_transfer_one_open ON custody_transfer (direction) WHERE closed_at IS NULL;

CREATE FUNCTION custody_transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['state', 'approval_id', 'message_id', 'detail', 'closed_at']
      IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'approval_id', 'message_id', 'detail', 'closed_at']
    OR NOT (CASE OLD.state
      WHEN 'proposed' THEN NEW.state IN ('approved', 'refused', 'expired', 'outdated')
      WHEN 'approved' THEN NEW.state IN ('sent', 'failed')
      WHEN 'wanted' THEN NEW.state = 'settled' ELSE false END) THEN
    RAISE EXCEPTION 'custody transfer %: not from % to %', OLD.n, OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'approved' AND NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id AND a.kind = 'to-cold'
      AND a.state = 'accepted' AND a.subject_id = OLD.n::text) THEN
    RAISE EXCEPTION 'custody transfer %: not approved', OLD.n USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER custody_transfer_guard BEFORE UPDATE ON custody_transfer
  FOR EACH ROW EXECUTE FUNCTION custody_transfer_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON custody_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the hot wallet owes before anything of it is spare: loans approved or signed and not final, withdrawals that wait.
CREATE FUNCTION custody_owed() RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (SELECT coalesce(sum(committed), 0) FROM pool)
    + (SELECT coalesce(sum(b.credits_posted - b.debits_posted), 0) FROM ledger.account a
       JOIN ledger.balance b ON b.account_id = a.id WHERE a.code = 'withdrawal.payable')
$$;

-- FIL from the cold address is ours and no arrival from outside.
ALTER TABLE watch.transfer DROP CONSTRAINT transfer_booked_as_check;
ALTER TABLE watch.transfer ADD CONSTRAINT transfer_booked_as_check
  CHECK (booked_as IN ('deposit', 'top-up', 'repayment', 'excess', 'suspense', 'refill'));

GRANT SELECT, INSERT ON assignment, custody_transfer TO loanstone_app;
GRANT UPDATE (state, approval_id, journal_id, closed_at) ON assignment TO loanstone_app;
GRANT UPDATE (state, approval_id, message_id, detail, closed_at) ON custody_transfer TO loanstone_app;
GRANT SELECT ON custody_transfer TO loanstone_signer;
GRANT SELECT, INSERT ON chain.cold_address TO loanstone_signer;
GRANT SELECT ON chain.cold_address TO loanstone_app;
GRANT UPDATE (journal_id) ON watch.finding TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [RECONCILIATION, ASSIGNMENT, CUSTODY]) await knex.raw(sql);
}
