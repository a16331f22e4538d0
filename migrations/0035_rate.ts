import type { Knex } from 'knex';

/** Rates and policies change by two people; what is booked is what they saw. */
const RATE = `
-- Rates that were proposed for a pool, whatever became of them.
CREATE TABLE rate_proposal (
  id text PRIMARY KEY,
  pool_id text NOT NULL REFERENCES pool,
  from_epoch bigint NOT NULL CHECK (from_epoch >= 0),
  base ray NOT NULL,
  slope1 ray NOT NULL,
  slope2 ray NOT NULL,
  kink ray NOT NULL,
  reserve_factor ray NOT NULL,
  reason text NOT NULL CHECK (reason ~ '[^[:space:]]'),
  maker_id text NOT NULL,
  -- too-late: accepted when the pool's clock had passed its epoch already
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'accepted', 'refused', 'expired', 'too-late')),
  version integer,
  workflow_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  FOREIGN KEY (pool_id, version) REFERENCES rate_version,
  CHECK ((state = 'accepted') = (version IS NOT NULL)),
  CHECK ((state = 'proposed') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX rate_proposal_one_open ON rate_proposal (pool_id) WHERE state = 'proposed';
CREATE FUNCTION rate_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'proposed' OR to_jsonb(NEW) - ARRAY['state', 'version', 'closed_at']
      IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'version', 'closed_at'] THEN
    RAISE EXCEPTION 'what was proposed does not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rate_proposal_guard BEFORE UPDATE ON rate_proposal FOR EACH ROW EXECUTE FUNCTION rate_proposal_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON rate_proposal FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE rate_version ADD FOREIGN KEY (approval_id) REFERENCES approval (id);
CREATE FUNCTION check_rate_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(version) FROM rate_version WHERE pool_id = NEW.pool_id), 0) THEN
    RAISE EXCEPTION 'the rates of % go on from their last version', NEW.pool_id USING ERRCODE = 'LS004';
  END IF;
  IF NEW.version = 1 THEN RETURN NEW; END IF;
  IF NEW.from_epoch <= (SELECT greatest(last_epoch, (SELECT clock FROM watch.cursor)) FROM pool
      WHERE id = NEW.pool_id) THEN
    RAISE EXCEPTION 'rates never begin in the past' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM rate_proposal r JOIN approval a ON a.kind = 'rate' AND a.subject_id = r.id
      WHERE a.id = NEW.approval_id AND a.state = 'accepted'
        AND (r.pool_id, r.from_epoch, r.base, r.slope1, r.slope2, r.kink, r.reserve_factor) =
          (NEW.pool_id, NEW.from_epoch, NEW.base, NEW.slope1, NEW.slope2, NEW.kink, NEW.reserve_factor)) THEN
    RAISE EXCEPTION 'rates change by two people only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON rate_version FOR EACH ROW EXECUTE FUNCTION check_rate_version();

-- The least shares that a depositor takes for the money.
ALTER TABLE subscription ADD COLUMN at_least atto;

-- Debt at the rate of the curve: what other rates would have changed. NULL for points from before: all of it.
ALTER TABLE pool_point ADD COLUMN curve_debt atto;
`;

const POLICY = `
CREATE OR REPLACE FUNCTION check_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(version) FROM policy_version
      WHERE kind = NEW.kind AND subject = NEW.subject), 0) THEN
    RAISE EXCEPTION 'policy % goes on from its last version', NEW.kind USING ERRCODE = 'LS004';
  END IF;
  IF NEW.approval_id IS NOT NULL AND NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id
      AND a.kind = 'policy' AND a.state = 'accepted' AND a.subject ->> 'policy' = NEW.kind
      AND a.subject ->> 'of' = NEW.subject AND a.subject @> NEW.content) THEN
    RAISE EXCEPTION 'policy % changes by two people only', NEW.kind USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
`;

const GRANTS = `
GRANT SELECT, INSERT ON rate_proposal TO loanstone_app;
GRANT UPDATE (state, version, closed_at) ON rate_proposal TO loanstone_app;
GRANT INSERT ON rate_version TO loanstone_app;
-- The signer signs no disbursement that would break the liquidity reserve.
GRANT SELECT ON pool, pool_bucket, rate_version TO loanstone_signer;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [RATE, POLICY, GRANTS]) await knex.raw(sql);
}
