import type { Knex } from 'knex';

const TABLES = `
  CREATE SCHEMA archive;

  -- One closed run of a workflow. content = gzip of its history as proto-JSON (domain/history.ts, stableHistory);
  -- bytes and sha256 are those of the text before compression. chain = SHA-256 of "<chain of seq - 1>|<workflow id>|
  -- <run id>|<sha256>" (seq 1: of "|…"): whoever noted the last chain sees whether an earlier copy was changed.
  CREATE TABLE archive.history (
    seq bigint PRIMARY KEY,
    workflow_id text NOT NULL,
    run_id uuid NOT NULL UNIQUE,
    type text NOT NULL,
    lifecycle text NOT NULL,
    state text,
    customer_ref text,
    status text NOT NULL
      CHECK (status IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'ContinuedAsNew', 'TimedOut')),
    started_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    events integer NOT NULL CHECK (events > 0),
    bytes integer NOT NULL CHECK (bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea NOT NULL,
    chain text NOT NULL,
    exported_by text NOT NULL,
    exported_at timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE archive.history ALTER content SET STORAGE EXTERNAL;
  CREATE INDEX history_workflow ON archive.history (workflow_id, closed_at);
  CREATE INDEX history_closed ON archive.history (closed_at);

  -- Close times, as Temporal told them, up to which all is copied. front follows what closes, patrol goes over all
  -- that Temporal still holds, again and again, for what its lists showed late.
  CREATE TABLE archive.reached (
    net text PRIMARY KEY CHECK (net IN ('front', 'patrol')),
    closed_at timestamptz NOT NULL DEFAULT '1970-01-01T00:00:00Z',
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO archive.reached (net) VALUES ('front'), ('patrol');
`;

const GUARDS = `
  -- One at a time: seq has no gap and each link holds to the one before, whoever inserts.
  CREATE FUNCTION archive.link_history() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    last_seq bigint;
    last_chain text;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('archive.history'));
    SELECT seq, chain INTO last_seq, last_chain FROM archive.history ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last_seq, 0) + 1;
    NEW.chain := encode(sha256(convert_to(
      coalesce(last_chain, '') || '|' || NEW.workflow_id || '|' || NEW.run_id || '|' || NEW.sha256, 'UTF8')), 'hex');
    RETURN NEW;
  END $$;
  CREATE TRIGGER link BEFORE INSERT ON archive.history FOR EACH ROW EXECUTE FUNCTION archive.link_history();

  CREATE FUNCTION archive.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'archive.% is append-only', TG_TABLE_NAME; END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON archive.history
    FOR EACH ROW EXECUTE FUNCTION archive.append_only();
  CREATE TRIGGER no_truncate BEFORE TRUNCATE ON archive.history EXECUTE FUNCTION archive.append_only();
`;

const GRANTS = `
  GRANT USAGE ON SCHEMA archive TO loanstone_app;
  GRANT SELECT ON archive.history, archive.reached TO loanstone_app;
  GRANT INSERT (workflow_id, run_id, type, lifecycle, state, customer_ref, status, started_at, closed_at, events,
    bytes, sha256, content, exported_by) ON archive.history TO loanstone_app;
  GRANT UPDATE (closed_at, updated_at) ON archive.reached TO loanstone_app;
`;

/** Schema `archive`: copies of closed histories, which outlive what Temporal keeps. Append-only, linked by hashes. */
export async function up(knex: Knex): Promise<void> {
  for (const part of [TABLES, GUARDS, GRANTS]) await knex.raw(part);
}
