/**
 * The terms of a loan as data (docs/money.md): versions set before the approval, extensions of the maturity, the
 * charges beside interest, the order in which a payment is split, and rate buckets opened for a fixed rate.
 */
import type { Knex } from 'knex';

const APPROVALS = `
ALTER TABLE approval DROP CONSTRAINT approval_kind_check;
ALTER TABLE approval ADD CONSTRAINT approval_kind_check
  CHECK (kind IN ('onboarding','loan','top-up','loan-extension','loan-disbursement'));
`;

const TERMS = `
-- What a loan is lent on; the newest version counts, and none is added once the checkers have it.
CREATE TABLE loan_terms (
  loan_id text NOT NULL REFERENCES loan,
  version integer NOT NULL CHECK (version >= 1),
  -- hundredths of a percent a year; null = the pool's own rate
  fixed_bps integer CHECK (fixed_bps BETWEEN 1 AND 100000),
  -- attoFIL, due with the first disbursement
  fee atto NOT NULL DEFAULT 0,
  -- a year, on the principal, for each epoch from the maturity on
  penalty_bps integer NOT NULL DEFAULT 0 CHECK (penalty_bps BETWEEN 0 AND 100000),
  waterfall text[] NOT NULL DEFAULT '{penalty,fee,interest,principal}'
    CHECK (cardinality(waterfall) = 4 AND waterfall @> '{penalty,fee,interest,principal}'),
  actor_id text NOT NULL,
  actor_role text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (loan_id, version)
);
CREATE FUNCTION loan_terms_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM loan WHERE id = NEW.loan_id) NOT IN ('applied','preflight') THEN
    RAISE EXCEPTION 'the terms of a loan are fixed once it was forwarded' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version <> coalesce((SELECT max(version) FROM loan_terms WHERE loan_id = NEW.loan_id), 0) + 1 THEN
    RAISE EXCEPTION 'versions of terms have no gaps' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER loan_terms_guard BEFORE INSERT ON loan_terms FOR EACH ROW EXECUTE FUNCTION loan_terms_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loan_terms FOR EACH ROW EXECUTE FUNCTION loan_append_only();
`;

const EXTENSION = `
INSERT INTO loan_transition (from_state, to_state) VALUES ('overdue','active');

CREATE TABLE loan_extension (
  loan_id text NOT NULL REFERENCES loan,
  n integer NOT NULL CHECK (n >= 1),
  from_epoch bigint NOT NULL,
  to_epoch bigint NOT NULL CHECK (to_epoch > from_epoch),
  reason text NOT NULL CHECK (reason ~ '[^[:space:]]'),
  maker_id text NOT NULL,
  approval_id text NOT NULL UNIQUE REFERENCES approval,
  state text NOT NULL CHECK (state IN ('asked','granted','refused','cancelled')),
  checker_id text CHECK (checker_id <> maker_id),
  -- the pool's clock at which it was granted: penalties are counted to here by the old maturity
  granted_epoch bigint,
  asked_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  PRIMARY KEY (loan_id, n),
  CHECK ((state = 'asked') = (closed_at IS NULL)),
  CHECK ((state = 'granted') = (granted_epoch IS NOT NULL)),
  CHECK (state <> 'granted' OR checker_id IS NOT NULL)
);
CREATE UNIQUE INDEX loan_extension_one_asked ON loan_extension (loan_id) WHERE state = 'asked';
CREATE FUNCTION loan_extension_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'asked' OR (NEW.loan_id, NEW.n, NEW.from_epoch, NEW.to_epoch, NEW.reason, NEW.maker_id,
      NEW.approval_id) IS DISTINCT FROM (OLD.loan_id, OLD.n, OLD.from_epoch, OLD.to_epoch, OLD.reason, OLD.maker_id,
      OLD.approval_id) THEN
    RAISE EXCEPTION 'what was asked for does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'granted' AND (SELECT state FROM approval WHERE id = NEW.approval_id) <> 'accepted' THEN
    RAISE EXCEPTION 'an extension needs its approval' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER loan_extension_guard BEFORE UPDATE ON loan_extension
  FOR EACH ROW EXECUTE FUNCTION loan_extension_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON loan_extension FOR EACH ROW EXECUTE FUNCTION loan_append_only();

-- A maturity is set once and then moves by a granted extension only; the bucket is chosen before the approval.
CREATE OR REPLACE FUNCTION loan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT EXISTS (
    SELECT 1 FROM loan_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'a loan does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.borrower_id, NEW.miner, NEW.amount, NEW.term_epochs, NEW.pool_id)
     IS DISTINCT FROM (OLD.id, OLD.borrower_id, OLD.miner, OLD.amount, OLD.term_epochs, OLD.pool_id)
     OR (NEW.bucket <> OLD.bucket AND OLD.state <> 'preflight') THEN
    RAISE EXCEPTION 'the terms of a loan are fixed at its application' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.maturity_epoch IS NOT NULL AND NEW.maturity_epoch IS DISTINCT FROM OLD.maturity_epoch AND NOT EXISTS (
    SELECT 1 FROM loan_extension WHERE loan_id = NEW.id AND state = 'granted' AND from_epoch = OLD.maturity_epoch
      AND to_epoch = NEW.maturity_epoch) THEN
    RAISE EXCEPTION 'a maturity moves by a granted extension only' USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := now();
  RETURN NEW;
END $$;
`;

const CHARGES = `
-- The newest terms, taken over when the pool's money is committed. Charges fall due from the first disbursement on.
ALTER TABLE loan_account
  ADD COLUMN term_epochs bigint CHECK (term_epochs > 0),
  ADD COLUMN due_epoch bigint,
  ADD COLUMN fee atto NOT NULL DEFAULT 0,
  ADD COLUMN fee_paid atto NOT NULL DEFAULT 0,
  ADD COLUMN penalty_rate ray NOT NULL DEFAULT 0,
  -- atto scaled by a ray, so that nothing is rounded before it is charged
  ADD COLUMN penalty_accrued numeric(80,0) NOT NULL DEFAULT 0 CHECK (penalty_accrued >= 0),
  ADD COLUMN penalty_paid atto NOT NULL DEFAULT 0,
  ADD COLUMN penalty_epoch bigint,
  ADD COLUMN waterfall text[] NOT NULL DEFAULT '{penalty,fee,interest,principal}'
    CHECK (cardinality(waterfall) = 4 AND waterfall @> '{penalty,fee,interest,principal}'),
  ADD CONSTRAINT fee_within CHECK (fee_paid <= fee),
  ADD CONSTRAINT penalty_within CHECK (
    penalty_paid <= div(penalty_accrued + 999999999999999999999999999, 1000000000000000000000000000));

ALTER TABLE repayment DROP CONSTRAINT repayment_check;
ALTER TABLE repayment
  ADD COLUMN penalty atto NOT NULL DEFAULT 0,
  ADD COLUMN fee atto NOT NULL DEFAULT 0,
  ADD CONSTRAINT repayment_split CHECK (amount > 0 AND amount = penalty + fee + interest + principal + excess);
`;

const BUCKETS = `
-- A bucket is opened with the first loan at its rate; its index counts from that epoch.
ALTER TABLE pool_bucket ADD COLUMN opened_epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE loan DROP CONSTRAINT loan_pool_id_bucket_fkey;
CREATE FUNCTION pool_bucket_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.pool_id, NEW.bucket, NEW.fixed_apr, NEW.opened_epoch)
     IS DISTINCT FROM (OLD.pool_id, OLD.bucket, OLD.fixed_apr, OLD.opened_epoch) THEN
    RAISE EXCEPTION 'a bucket keeps its rate' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.borrow_index < OLD.borrow_index THEN
    RAISE EXCEPTION 'an index never falls' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pool_bucket_guard BEFORE UPDATE ON pool_bucket FOR EACH ROW EXECUTE FUNCTION pool_bucket_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON pool_bucket FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

const GRANTS = `
GRANT SELECT, INSERT ON loan_terms TO loanstone_app;
GRANT SELECT, INSERT ON loan_extension TO loanstone_app;
GRANT UPDATE (state, checker_id, granted_epoch, closed_at) ON loan_extension TO loanstone_app;
GRANT INSERT ON pool_bucket TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [APPROVALS, TERMS, EXTENSION, CHARGES, BUCKETS, GRANTS]) await knex.raw(sql);
}
