import type { Knex } from 'knex';

/**
 * Other platforms beside ours (domain/comparison.ts): the highest version of each is its row. The first four are named
 * by the product's model with what secures their loans, and without figures: those are entered, with day and source.
 */
const TABLE = `
CREATE TABLE comparison (
  platform text NOT NULL CHECK (platform ~ '^[a-z0-9][a-z0-9-]{0,39}$' AND platform <> 'loanstone'),
  version integer NOT NULL CHECK (version >= 1),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60 AND name = btrim(name)),
  security text NOT NULL CHECK (security IN ('pledge', 'owner-role')),
  shown boolean NOT NULL,
  tvl atto,
  utilisation ray CHECK (utilisation <= 1000000000000000000000000000),
  deposit_apr ray,
  deposit_apy ray,
  borrow_apr ray,
  borrow_apy ray,
  as_of date,
  source text CHECK (source ~ '^https://[^/[:space:]]+' AND length(source) <= 500),
  approval_id text UNIQUE REFERENCES approval (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (platform, version),
  -- no figure without its day and source, and the reverse
  CHECK ((as_of IS NULL) = (num_nonnulls(tvl, utilisation, deposit_apr, deposit_apy, borrow_apr, borrow_apy) = 0)),
  CHECK ((as_of IS NULL) = (source IS NULL)),
  CHECK (approval_id IS NOT NULL OR (version = 1 AND as_of IS NULL))
);

INSERT INTO comparison (platform, version, name, security, shown) VALUES
  ('crossfi', 1, 'CrossFi', 'pledge', true),
  ('fido', 1, 'Fido', 'pledge', true),
  ('defil', 1, 'DeFIL', 'pledge', true),
  ('lendmi', 1, 'LendMi', 'owner-role', true);

CREATE FUNCTION check_comparison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(version) FROM comparison WHERE platform = NEW.platform), 0) THEN
    RAISE EXCEPTION 'the row of % goes on from its last version', NEW.platform USING ERRCODE = 'LS004';
  END IF;
  IF NEW.as_of > (now() AT TIME ZONE 'UTC')::date THEN
    RAISE EXCEPTION 'figures of the future' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id AND a.kind = 'comparison'
      AND a.state = 'accepted' AND a.subject_id = NEW.platform) THEN
    RAISE EXCEPTION 'the row of % changes by two people only', NEW.platform USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON comparison FOR EACH ROW EXECUTE FUNCTION check_comparison();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON comparison FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON comparison FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON comparison TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLE);
}
