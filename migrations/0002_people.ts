/**
 * People: customers, staff, their sign-in, approvals and what was refused.
 * The application role writes no staff and no password: only the owner of the database does (bin/staff.ts).
 */
import type { Knex } from 'knex';

const CUSTOMERS = `
  -- Sign-in identity, written by the API: the email stays out of Temporal, the workflow carries the random id.
  CREATE TABLE registration (
    email text PRIMARY KEY CHECK (email = lower(email) AND email LIKE '_%@_%'),
    customer_id text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE customer (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    state text NOT NULL CHECK (state IN ('registered','verified','in_review','open','refused','expired')),
    -- Counts registrations of the same email: 2 after the first one expired.
    round int NOT NULL DEFAULT 1,
    profile_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  -- Sealed by AES-256-GCM under the customer data key; immutable: a correction is a new row.
  CREATE TABLE profile (
    id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES registration (customer_id),
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE customer ADD FOREIGN KEY (profile_id) REFERENCES profile (id);
`;

const SIGN_IN = `
  CREATE TABLE staff (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    role text NOT NULL CHECK (role IN ('operator','checker','risk','treasurer','auditor','admin')),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  -- id is the SHA-256 of the token: who reads the table cannot sign in with it.
  CREATE TABLE session (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
    kind text NOT NULL CHECK (kind IN ('customer','staff')),
    actor_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
  );
  CREATE INDEX ON session (kind, actor_id) WHERE ended_at IS NULL;
  CREATE TABLE login_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id text NOT NULL REFERENCES registration (customer_id),
    hash text NOT NULL CHECK (hash LIKE '$argon2id$%'),
    tries int NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    voided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  -- At most one code can open the door.
  CREATE UNIQUE INDEX login_code_one_live ON login_code (customer_id) WHERE used_at IS NULL AND voided_at IS NULL;
  CREATE TABLE rate_limit (
    bucket text NOT NULL,
    window_start timestamptz NOT NULL,
    hits int NOT NULL,
    PRIMARY KEY (bucket, window_start)
  );
`;

const RECORDS = `
  -- Kept for ever: a key never gets a second effect, however late the retry.
  CREATE TABLE idempotency_record (
    actor text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash text NOT NULL,
    workflow_id text,
    status int,
    response jsonb,
    location text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
  );
  CREATE TABLE refused_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor_id text NOT NULL,
    actor_role text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    code text NOT NULL,
    detail text NOT NULL,
    request_id text NOT NULL
  );
  CREATE TABLE sent_mail (
    key text PRIMARY KEY,
    recipient_id text NOT NULL,
    template text NOT NULL,
    message_id text NOT NULL UNIQUE,
    sent_at timestamptz NOT NULL DEFAULT now()
  );
`;

const APPROVALS = `
  CREATE TABLE approval (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('onboarding','loan','top-up')),
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    workflow_id text NOT NULL,
    subject jsonb NOT NULL,
    subject_hash text NOT NULL CHECK (subject_hash ~ '^[0-9a-f]{64}$'),
    maker_id text,
    quorum int NOT NULL CHECK (quorum >= 1),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','accepted','refused','expired','cancelled')),
    reminded_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    CHECK ((state = 'waiting') = (closed_at IS NULL))
  );
  CREATE INDEX ON approval (state, created_at);
  CREATE INDEX ON approval (subject_kind, subject_id);
  CREATE TABLE approval_decision (
    approval_id text NOT NULL REFERENCES approval (id),
    actor_id text NOT NULL,
    actor_role text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('accept','refuse')),
    reason text NOT NULL CHECK (reason ~ '[^[:space:]]'),
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (approval_id, actor_id)
  );

  CREATE FUNCTION approval_decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE a approval%ROWTYPE;
  BEGIN
    SELECT * INTO a FROM approval WHERE id = NEW.approval_id FOR UPDATE;
    IF a.maker_id = NEW.actor_id THEN
      RAISE EXCEPTION 'maker-is-checker: % asked for approval %', NEW.actor_id, NEW.approval_id USING ERRCODE = 'P0001';
    END IF;
    IF a.state <> 'waiting' THEN
      RAISE EXCEPTION 'already-decided: approval % is %', NEW.approval_id, a.state USING ERRCODE = 'P0001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER approval_decision_guard BEFORE INSERT ON approval_decision
    FOR EACH ROW EXECUTE FUNCTION approval_decision_guard();

  -- What was asked for never changes, and a closed approval stays closed.
  CREATE FUNCTION approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.state <> 'waiting' OR (NEW.id, NEW.kind, NEW.subject_kind, NEW.subject_id, NEW.workflow_id, NEW.subject,
        NEW.subject_hash, NEW.maker_id, NEW.quorum, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.kind,
        OLD.subject_kind, OLD.subject_id, OLD.workflow_id, OLD.subject, OLD.subject_hash, OLD.maker_id, OLD.quorum,
        OLD.created_at) THEN
      RAISE EXCEPTION 'approval % is closed or would change', OLD.id;
    END IF;
    IF NEW.state = 'accepted' AND (SELECT count(*) FROM approval_decision d WHERE d.approval_id = NEW.id
        AND d.decision = 'accept') < NEW.quorum THEN
      RAISE EXCEPTION 'approval % has not its quorum', NEW.id;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER approval_frozen BEFORE UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION approval_frozen();
`;

const APPEND_ONLY = `
  CREATE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
`;

const GRANTS = `
  GRANT SELECT ON registration, customer, profile, staff, session, login_code, rate_limit, idempotency_record,
    refused_attempt, sent_mail, approval, approval_decision TO loanstone_app;
  GRANT INSERT ON registration, customer, profile, session, login_code, rate_limit, idempotency_record,
    refused_attempt, sent_mail, approval, approval_decision TO loanstone_app;
  GRANT UPDATE ON customer, session, login_code, rate_limit, idempotency_record, approval TO loanstone_app;
  GRANT DELETE ON rate_limit TO loanstone_app;
  GRANT SELECT ON approval, approval_decision TO loanstone_signer;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(CUSTOMERS);
  await knex.raw(SIGN_IN);
  await knex.raw(RECORDS);
  await knex.raw(APPROVALS);
  await knex.raw(APPEND_ONLY);
  for (const table of ['registration', 'profile', 'refused_attempt', 'sent_mail', 'approval_decision']) {
    await knex.raw(
      'CREATE TRIGGER ?? BEFORE UPDATE OR DELETE ON ?? FOR EACH ROW EXECUTE FUNCTION people_append_only()',
      [`${table}_append_only`, table],
    );
    await knex.raw('CREATE TRIGGER ?? BEFORE TRUNCATE ON ?? EXECUTE FUNCTION people_append_only()', [
      `${table}_no_truncate`,
      table,
    ]);
  }
  await knex.raw(GRANTS);
}
