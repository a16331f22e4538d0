/**
 * Pools, positions, the debts of loans, and the history of both (docs/money.md). Amounts in attoFIL, indexes and rates
 * in ray. The ledger is the money; these rows say whose part of it is whose.
 */
import type { Knex } from 'knex';

const POOL = `
CREATE DOMAIN atto AS numeric(39,0) CHECK (VALUE >= 0);
CREATE DOMAIN ray AS numeric(60,0) CHECK (VALUE >= 0);

-- Written by compare-and-set on (last_epoch, seq).
CREATE TABLE pool (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('flexible', 'round')),
  state text NOT NULL CHECK (state IN ('open', 'closed')),
  cash atto NOT NULL DEFAULT 0,
  committed atto NOT NULL DEFAULT 0,
  payable atto NOT NULL DEFAULT 0,
  principal atto NOT NULL DEFAULT 0,
  shares atto NOT NULL DEFAULT 0,
  reserve atto NOT NULL DEFAULT 0,
  opened_epoch bigint NOT NULL DEFAULT 0,
  last_epoch bigint NOT NULL DEFAULT 0 CHECK (last_epoch >= opened_epoch),
  seq bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE pool_bucket (
  pool_id text NOT NULL REFERENCES pool,
  bucket text NOT NULL,
  fixed_apr ray,
  borrow_index ray NOT NULL DEFAULT 1000000000000000000000000000
    CHECK (borrow_index >= 1000000000000000000000000000),
  scaled ray NOT NULL DEFAULT 0,
  PRIMARY KEY (pool_id, bucket)
);

CREATE TABLE rate_version (
  pool_id text NOT NULL REFERENCES pool,
  version integer NOT NULL CHECK (version >= 1),
  from_epoch bigint NOT NULL CHECK (from_epoch >= 0),
  base ray NOT NULL,
  slope1 ray NOT NULL,
  slope2 ray NOT NULL,
  kink ray NOT NULL CHECK (kink > 0 AND kink < 1000000000000000000000000000),
  reserve_factor ray NOT NULL CHECK (reserve_factor <= 1000000000000000000000000000),
  epochs_per_year bigint NOT NULL CHECK (epochs_per_year > 0),
  approval_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pool_id, version),
  UNIQUE (pool_id, from_epoch)
);

-- The flexible pool: 12 % at the kink of 80 %, 72 % when all is lent, a tenth of the interest kept against losses.
INSERT INTO pool (id, kind, state) VALUES ('flexible', 'flexible', 'open');
INSERT INTO pool_bucket (pool_id, bucket) VALUES ('flexible', 'standard');
INSERT INTO rate_version (pool_id, version, from_epoch, base, slope1, slope2, kink, reserve_factor, epochs_per_year)
VALUES ('flexible', 1, 0, 0, 0.12e27, 0.60e27, 0.80e27, 0.10e27, 1051200);

-- One row a catch-up: no epoch twice, none left out.
CREATE TABLE accrual_run (
  pool_id text NOT NULL REFERENCES pool,
  from_epoch bigint NOT NULL,
  to_epoch bigint NOT NULL CHECK (to_epoch > from_epoch),
  interest atto NOT NULL,
  to_reserve atto NOT NULL CHECK (to_reserve <= interest),
  journal_id bigint REFERENCES ledger.journal,
  workflow_id text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pool_id, from_epoch),
  UNIQUE (pool_id, to_epoch),
  CHECK ((journal_id IS NULL) = (interest = 0))
);
CREATE FUNCTION check_accrual_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.from_epoch <> coalesce((SELECT max(to_epoch) FROM accrual_run WHERE pool_id = NEW.pool_id),
      (SELECT opened_epoch FROM pool WHERE id = NEW.pool_id)) THEN
    RAISE EXCEPTION 'accrual of % does not go on from where the last one ended', NEW.pool_id USING ERRCODE = 'LS004';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_gap BEFORE INSERT ON accrual_run FOR EACH ROW EXECUTE FUNCTION check_accrual_run();

-- For charts: the pool as the last change of that epoch left it.
CREATE TABLE pool_point (
  pool_id text NOT NULL REFERENCES pool,
  epoch bigint NOT NULL,
  utilisation ray NOT NULL,
  borrow_apr ray NOT NULL,
  deposit_apr ray NOT NULL,
  claim atto NOT NULL,
  debt atto NOT NULL,
  cash atto NOT NULL,
  committed atto NOT NULL,
  reserve atto NOT NULL,
  shares atto NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pool_id, epoch)
);
`;

const POSITION = `
-- What was asked for is kept even where there is no such pool or customer.
CREATE TABLE subscription (
  id text PRIMARY KEY,
  customer_id text NOT NULL,
  pool_id text NOT NULL,
  amount atto NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN ('requested', 'booked', 'refused')),
  refusal text,
  token_id bigint,
  shares atto,
  epoch bigint,
  journal_id bigint REFERENCES ledger.journal,
  workflow_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CHECK ((state = 'booked') = (token_id IS NOT NULL AND shares IS NOT NULL AND epoch IS NOT NULL
    AND journal_id IS NOT NULL))
);
CREATE INDEX subscription_customer ON subscription (customer_id, created_at);

-- A token id is never used again: it comes from a sequence and rows are not deleted.
CREATE TABLE position (
  token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pool_id text NOT NULL REFERENCES pool,
  customer_id text NOT NULL,
  subscription_id text NOT NULL UNIQUE REFERENCES subscription,
  shares atto NOT NULL,
  minted_epoch bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX position_customer ON position (customer_id, token_id);
CREATE INDEX position_pool ON position (pool_id);

-- The story of a position. principal_epochs = Σ net principal × epochs it was held, up to this event.
CREATE TABLE position_event (
  token_id bigint NOT NULL REFERENCES position,
  seq integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('mint', 'add', 'burn', 'transfer')),
  epoch bigint NOT NULL,
  owner_id text NOT NULL,
  shares atto NOT NULL,
  principal atto NOT NULL,
  principal_epochs numeric(60,0) NOT NULL CHECK (principal_epochs >= 0),
  journal_id bigint REFERENCES ledger.journal,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token_id, seq)
);
CREATE FUNCTION chain_position_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  SELECT seq, hash, epoch INTO last FROM position_event WHERE token_id = NEW.token_id ORDER BY seq DESC LIMIT 1;
  IF NEW.epoch < last.epoch THEN RAISE EXCEPTION 'position events come in order' USING ERRCODE = 'LS004'; END IF;
  NEW.seq := coalesce(last.seq, 0) + 1;
  NEW.previous_hash := coalesce(last.hash, '');
  NEW.hash := sha256(NEW.previous_hash || convert_to(concat_ws('|', NEW.token_id, NEW.seq, NEW.kind, NEW.epoch,
    NEW.owner_id, NEW.shares, NEW.principal, NEW.principal_epochs, NEW.journal_id), 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON position_event FOR EACH ROW EXECUTE FUNCTION chain_position_event();
`;

const LOAN = `
CREATE TABLE loan_account (
  loan_id text PRIMARY KEY,
  pool_id text NOT NULL REFERENCES pool,
  bucket text NOT NULL,
  scaled ray NOT NULL DEFAULT 0,
  principal atto NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (pool_id, bucket) REFERENCES pool_bucket (pool_id, bucket)
);

-- Money of the pool set aside for one disbursement.
CREATE TABLE loan_commitment (
  id text PRIMARY KEY,
  loan_id text NOT NULL REFERENCES loan_account,
  amount atto NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN ('open', 'lent', 'released')),
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX loan_commitment_one_open ON loan_commitment (loan_id) WHERE state = 'open';

CREATE TABLE repayment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  loan_id text NOT NULL REFERENCES loan_account,
  source text NOT NULL,
  amount atto NOT NULL CHECK (amount > 0 AND amount = interest + principal + excess),
  interest atto NOT NULL,
  principal atto NOT NULL,
  excess atto NOT NULL,
  debt_after atto NOT NULL,
  included_epoch bigint NOT NULL,
  executed_epoch bigint NOT NULL,
  journal_id bigint NOT NULL REFERENCES ledger.journal,
  message_cid text NOT NULL,
  workflow_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX repayment_loan ON repayment (loan_id, id);
`;

const GUARDS = `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'LS003';
END $$;
${['rate_version', 'accrual_run', 'position_event', 'repayment']
  .map(
    (table) => `
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  )
  .join('')}
CREATE TRIGGER no_delete BEFORE DELETE ON position FOR EACH ROW EXECUTE FUNCTION refuse_change();

GRANT SELECT ON pool, pool_bucket, rate_version, accrual_run, pool_point, subscription, position, position_event,
  loan_account, loan_commitment, repayment TO loanstone_app;
GRANT INSERT ON accrual_run, pool_point, subscription, position, position_event, loan_account, loan_commitment,
  repayment TO loanstone_app;
GRANT UPDATE ON pool, pool_bucket, pool_point, subscription, position, loan_account, loan_commitment TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [POOL, POSITION, LOAN, GUARDS]) await knex.raw(sql);
}
