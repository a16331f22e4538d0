import type { Knex } from 'knex';

/**
 * Keys with which a customer's own programs call /v1. Of the secret only the SHA-256 is kept; what a key may do is
 * fixed when it is made, and a revoked one stays revoked.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLE);
  await knex.raw(GUARDS);
  await knex.raw('GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at) ON api_key TO loanstone_app');
}

const TABLE = `
CREATE TABLE api_key (
  id text PRIMARY KEY,
  customer_id text NOT NULL REFERENCES customer (id),
  name text NOT NULL CHECK (name ~ '[^[:space:]]' AND length(name) <= 100),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0
    AND scopes <@ ARRAY['account:read','pool:deposit','loan:read','loan:apply','loan:repay']),
  hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  -- the first characters of the key: tells a person which one it is, and opens nothing
  hint text NOT NULL CHECK (length(hint) = 10),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz CHECK (expires_at > created_at),
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX ON api_key (customer_id, created_at);
`;

const GUARDS = `
CREATE FUNCTION api_key_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'api keys are revoked, never deleted' USING ERRCODE = 'check_violation'; END IF;
  IF (NEW.id, NEW.customer_id, NEW.name, NEW.scopes, NEW.hash, NEW.hint, NEW.created_at, NEW.expires_at)
     IS DISTINCT FROM
     (OLD.id, OLD.customer_id, OLD.name, OLD.scopes, OLD.hash, OLD.hint, OLD.created_at, OLD.expires_at)
     OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
    RAISE EXCEPTION 'an api key is fixed when it is made, and stays revoked' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER api_key_guard BEFORE UPDATE OR DELETE ON api_key FOR EACH ROW EXECUTE FUNCTION api_key_guard();
`;
