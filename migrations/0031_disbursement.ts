/**
 * A loan in several disbursements: the plan is part of its terms, each one after the first is asked for by a maker who
 * says how its condition is met, and decided by another person.
 */
import type { Knex } from 'knex';

const PLAN = `
-- How the amount is parted; none for a version of terms = one disbursement of the whole.
CREATE TABLE loan_plan (
  loan_id text NOT NULL,
  version integer NOT NULL,
  n integer NOT NULL CHECK (n BETWEEN 1 AND 12),
  amount atto NOT NULL CHECK (amount > 0),
  -- what must be true before it is sent; the first is judged with the loan itself
  condition text CHECK (condition ~ '[^[:space:]]'),
  PRIMARY KEY (loan_id, version, n),
  FOREIGN KEY (loan_id, version) REFERENCES loan_terms,
  CHECK (n = 1 OR condition IS NOT NULL)
);
CREATE FUNCTION loan_plan_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT (sum(amount), count(*), max(n)) IS DISTINCT FROM
        ((SELECT amount FROM loan WHERE id = NEW.loan_id), count(*), count(*)::integer)
      FROM loan_plan WHERE loan_id = NEW.loan_id AND version = NEW.version) THEN
    RAISE EXCEPTION 'the disbursements of a loan are its amount, without gaps' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON loan_plan DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION loan_plan_adds_up();
CREATE FUNCTION loan_plan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM loan WHERE id = NEW.loan_id) NOT IN ('applied','preflight') THEN
    RAISE EXCEPTION 'the terms of a loan are fixed once it was forwarded' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER loan_plan_guard BEFORE INSERT ON loan_plan FOR EACH ROW EXECUTE FUNCTION loan_plan_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loan_plan FOR EACH ROW EXECUTE FUNCTION loan_append_only();
`;

const REQUEST = `
CREATE TABLE disbursement_request (
  -- also the id of its commitment
  approval_id text PRIMARY KEY REFERENCES approval,
  loan_id text NOT NULL REFERENCES loan,
  -- which of the plan it is: asked for again where it was refused or failed
  n integer NOT NULL CHECK (n >= 2),
  amount atto NOT NULL CHECK (amount > 0),
  condition text NOT NULL,
  -- how the condition is met, in the maker's words
  evidence text NOT NULL CHECK (evidence ~ '[^[:space:]]'),
  maker_id text NOT NULL,
  checker_id text CHECK (checker_id <> maker_id),
  state text NOT NULL CHECK (state IN ('asked','granted','disbursed','failed','refused','cancelled')),
  detail text,
  asked_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((state IN ('asked','granted')) = (closed_at IS NULL)),
  CHECK (state NOT IN ('granted','disbursed','failed') OR checker_id IS NOT NULL),
  CHECK ((state = 'failed') = (detail IS NOT NULL))
);
CREATE INDEX disbursement_request_loan ON disbursement_request (loan_id, asked_at);
CREATE UNIQUE INDEX disbursement_request_one_open ON disbursement_request (loan_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX disbursement_request_once ON disbursement_request (loan_id, n) WHERE state = 'disbursed';

CREATE FUNCTION disbursement_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('asked','granted'), ('asked','refused'), ('asked','cancelled'),
      ('granted','disbursed'), ('granted','failed'))
    OR (NEW.approval_id, NEW.loan_id, NEW.n, NEW.amount, NEW.condition, NEW.evidence, NEW.maker_id, NEW.asked_at)
      IS DISTINCT FROM
       (OLD.approval_id, OLD.loan_id, OLD.n, OLD.amount, OLD.condition, OLD.evidence, OLD.maker_id, OLD.asked_at)
  THEN
    RAISE EXCEPTION 'what was asked for does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'granted' AND (SELECT state FROM approval WHERE id = NEW.approval_id) <> 'accepted' THEN
    RAISE EXCEPTION 'a disbursement needs its approval' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER disbursement_request_guard BEFORE UPDATE ON disbursement_request
  FOR EACH ROW EXECUTE FUNCTION disbursement_request_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON disbursement_request
  FOR EACH ROW EXECUTE FUNCTION loan_append_only();
`;

const GRANTS = `
GRANT SELECT, INSERT ON loan_plan, disbursement_request TO loanstone_app;
GRANT UPDATE (state, checker_id, detail, closed_at) ON disbursement_request TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [PLAN, REQUEST, GRANTS]) await knex.raw(sql);
}
