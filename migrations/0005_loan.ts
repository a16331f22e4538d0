import type { Knex } from 'knex';

/**
 * Loans and what is known about them: one row a loan, the steps of its life, the chain facts it was judged by.
 * States, their order and "one open loan a miner" are held here as well as in domain/loan.ts (a test compares them).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(TRANSITIONS);
  await knex.raw(GUARDS);
  await knex.raw(GRANTS);
}

const TABLES = `
-- What an owner must sign before a loan can be asked for; the loan that uses it takes its id, so it is used once.
CREATE TABLE owner_challenge (
  loan_id text PRIMARY KEY,
  customer_id text NOT NULL REFERENCES customer (id),
  miner text NOT NULL,
  nonce text NOT NULL UNIQUE,
  text text NOT NULL UNIQUE,
  expiry_epoch bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE loan (
  id text PRIMARY KEY REFERENCES owner_challenge,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  borrower_id text NOT NULL REFERENCES customer (id),
  miner text NOT NULL,
  amount numeric(39,0) NOT NULL CHECK (amount > 0),
  term_epochs bigint NOT NULL CHECK (term_epochs > 0),
  pool_id text NOT NULL,
  bucket text NOT NULL,
  state text NOT NULL CHECK (state IN ('applied','preflight','in_approval','approved','escrow_offered',
    'escrow_proposed','escrow_confirmed','disbursing','active','overdue','settled','returning','closed',
    'rejected','expired','cancelled')),
  -- how it ends, known before the owner role is back: 'repaid' or a refusal code
  outcome text,
  outcome_detail text,
  committed boolean NOT NULL DEFAULT false,
  proof_address text NOT NULL,
  proof_signature text NOT NULL,
  owner_before text,
  forwarded_by text,
  approval_id text REFERENCES approval (id),
  escrow_address text UNIQUE,
  escrow_id_address text UNIQUE,
  repayment_address text UNIQUE,
  offer_deadline_epoch bigint,
  maturity_epoch bigint,
  repay_from_miner_by text,
  repay_from_miner_at timestamptz,
  needs_action text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  FOREIGN KEY (pool_id, bucket) REFERENCES pool_bucket (pool_id, bucket),
  CONSTRAINT escrow_before_offer CHECK (
    state IN ('applied','preflight','in_approval','approved','rejected','expired','cancelled')
    OR (escrow_id_address IS NOT NULL AND repayment_address IS NOT NULL AND owner_before IS NOT NULL)),
  CONSTRAINT commitment_ends CHECK (NOT (committed AND state IN ('closed','rejected','expired','cancelled')))
);
CREATE UNIQUE INDEX loan_one_open_a_miner ON loan (miner)
  WHERE state NOT IN ('closed','rejected','expired','cancelled');
CREATE INDEX loan_by_borrower ON loan (borrower_id, created_at);

CREATE TABLE loan_step (
  loan_id text NOT NULL REFERENCES loan,
  seq integer NOT NULL,
  -- names the step once: 'applied', 'sweep-3'…; writing it again is no second step
  step text NOT NULL,
  state text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  epoch bigint,
  actor_id text,
  actor_role text,
  message_id text,
  journal_id bigint,
  sentence text NOT NULL,
  PRIMARY KEY (loan_id, seq),
  UNIQUE (loan_id, step)
);

CREATE TABLE loan_disbursement (
  loan_id text NOT NULL REFERENCES loan,
  n integer NOT NULL,
  amount numeric(39,0) NOT NULL CHECK (amount > 0),
  message_id text NOT NULL UNIQUE,
  cid text NOT NULL UNIQUE,
  included_epoch bigint NOT NULL,
  executed_epoch bigint NOT NULL,
  -- both at the executing tipset: the keep-back rule measures income from here; available may be negative
  available_after numeric(39,0) NOT NULL,
  pledge_after numeric(39,0) NOT NULL,
  PRIMARY KEY (loan_id, n)
);

CREATE TABLE preflight_report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  loan_id text NOT NULL REFERENCES loan,
  stage text NOT NULL CHECK (stage IN ('application','proposed','confirmed','signing')),
  tipset_key jsonb NOT NULL,
  height bigint NOT NULL,
  checks jsonb NOT NULL,
  passed boolean NOT NULL,
  code text,
  hash text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (loan_id, stage, height)
);

CREATE TABLE miner_snapshot (
  miner text NOT NULL,
  height bigint NOT NULL,
  tipset_key jsonb NOT NULL,
  raw_power numeric(60,0) NOT NULL,
  quality_power numeric(60,0) NOT NULL,
  initial_pledge numeric(39,0) NOT NULL,
  precommit_deposits numeric(39,0) NOT NULL,
  locked numeric(39,0) NOT NULL,
  fee_debt numeric(39,0) NOT NULL,
  available numeric(39,0) NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (miner, height)
);
`;

const TRANSITIONS = `
CREATE TABLE loan_transition (from_state text NOT NULL, to_state text NOT NULL, PRIMARY KEY (from_state, to_state));
INSERT INTO loan_transition (from_state, to_state) VALUES
  ('applied','preflight'), ('applied','rejected'), ('applied','cancelled'),
  ('preflight','in_approval'), ('preflight','rejected'), ('preflight','cancelled'), ('preflight','expired'),
  ('in_approval','approved'), ('in_approval','rejected'), ('in_approval','cancelled'), ('in_approval','expired'),
  ('approved','escrow_offered'), ('approved','cancelled'),
  ('escrow_offered','escrow_proposed'), ('escrow_offered','expired'), ('escrow_offered','cancelled'),
  ('escrow_proposed','escrow_confirmed'), ('escrow_proposed','escrow_offered'), ('escrow_proposed','cancelled'),
  ('escrow_confirmed','disbursing'), ('escrow_confirmed','returning'),
  ('disbursing','active'), ('disbursing','returning'),
  ('active','overdue'), ('active','settled'),
  ('overdue','settled'),
  ('settled','returning'),
  ('returning','closed'), ('returning','cancelled');
`;

const GUARDS = `
CREATE FUNCTION loan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT EXISTS (
    SELECT 1 FROM loan_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'a loan does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.borrower_id, NEW.miner, NEW.amount, NEW.term_epochs, NEW.pool_id, NEW.bucket)
     IS DISTINCT FROM
     (OLD.id, OLD.borrower_id, OLD.miner, OLD.amount, OLD.term_epochs, OLD.pool_id, OLD.bucket) THEN
    RAISE EXCEPTION 'the terms of a loan are fixed at its application' USING ERRCODE = 'check_violation';
  END IF;
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER loan_guard BEFORE UPDATE ON loan FOR EACH ROW EXECUTE FUNCTION loan_guard();

CREATE FUNCTION loan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON owner_challenge FOR EACH ROW EXECUTE FUNCTION loan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loan_step FOR EACH ROW EXECUTE FUNCTION loan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loan_disbursement FOR EACH ROW EXECUTE FUNCTION loan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON preflight_report FOR EACH ROW EXECUTE FUNCTION loan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON miner_snapshot FOR EACH ROW EXECUTE FUNCTION loan_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE ON loan FOR EACH ROW EXECUTE FUNCTION loan_append_only();
`;

const GRANTS = `
GRANT SELECT ON loan_transition TO loanstone_app;
GRANT SELECT, INSERT, UPDATE ON loan TO loanstone_app;
GRANT SELECT, INSERT ON owner_challenge, loan_step, loan_disbursement, preflight_report, miner_snapshot TO loanstone_app;
`;
