import type { Knex } from 'knex';

/**
 * Watching the collateral: a snapshot of a miner holds its roles and sectors too, and what threatens a loan is an
 * alert on it: opened by a reading, perhaps acknowledged by a person, cleared by the reading in which it is gone.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(SNAPSHOT);
  await knex.raw(ALERT);
  await knex.raw(GUARD);
  await knex.raw(GRANTS);
}

const SNAPSHOT = `
-- null in snapshots taken before these were read
ALTER TABLE miner_snapshot
  ADD COLUMN owner text,
  ADD COLUMN pending_owner text,
  ADD COLUMN beneficiary text,
  ADD COLUMN beneficiary_term jsonb,
  ADD COLUMN pending_beneficiary text,
  ADD COLUMN pending_term jsonb,
  ADD COLUMN worker text,
  ADD COLUMN pending_worker text,
  ADD COLUMN worker_change_epoch bigint,
  ADD COLUMN consensus_fault_elapsed bigint,
  ADD COLUMN live_sectors bigint CHECK (live_sectors >= 0),
  ADD COLUMN active_sectors bigint CHECK (active_sectors >= 0),
  ADD COLUMN faulty_sectors bigint CHECK (faulty_sectors >= 0);
`;

const ALERT = `
CREATE TABLE collateral_alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  loan_id text NOT NULL REFERENCES loan,
  miner text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('owner-lost','owner-pending','beneficiary-foreign','beneficiary-pending',
    'fee-debt','power-lost','faults','worker-pending')),
  -- what the fact is about (the address that now holds or is offered a role); another is another alert
  about text NOT NULL,
  -- the reading that first showed it; null before: it stood at the first reading
  seen_height bigint NOT NULL,
  before_height bigint CHECK (before_height < seen_height),
  was text NOT NULL,
  became text NOT NULL,
  sentence text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_by text,
  acknowledged_role text,
  acknowledged_reason text CHECK (acknowledged_reason <> ''),
  acknowledged_at timestamptz,
  cleared_height bigint,
  cleared_why text CHECK (cleared_why IN ('gone','loan-over')),
  cleared_at timestamptz,
  CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
  CHECK ((acknowledged_by IS NULL) = (acknowledged_reason IS NULL)),
  CHECK ((acknowledged_by IS NULL) = (acknowledged_role IS NULL)),
  CHECK ((cleared_at IS NULL) = (cleared_why IS NULL)),
  CHECK (cleared_height >= seen_height)
);
CREATE UNIQUE INDEX collateral_alert_one_open ON collateral_alert (loan_id, kind) WHERE cleared_at IS NULL;
CREATE INDEX collateral_alert_of_miner ON collateral_alert (miner, id);
`;

const GUARD = `
-- What was seen stands; an acknowledgement and an end are written once.
CREATE FUNCTION collateral_alert_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.loan_id, NEW.miner, NEW.kind, NEW.about, NEW.seen_height, NEW.before_height, NEW.was, NEW.became,
      NEW.sentence, NEW.opened_at)
     IS DISTINCT FROM
     (OLD.id, OLD.loan_id, OLD.miner, OLD.kind, OLD.about, OLD.seen_height, OLD.before_height, OLD.was, OLD.became,
      OLD.sentence, OLD.opened_at) THEN
    RAISE EXCEPTION 'what an alert says is fixed' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.cleared_at IS NOT NULL THEN
    RAISE EXCEPTION 'a cleared alert does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.acknowledged_at IS NOT NULL AND
     (NEW.acknowledged_by, NEW.acknowledged_role, NEW.acknowledged_reason, NEW.acknowledged_at) IS DISTINCT FROM
     (OLD.acknowledged_by, OLD.acknowledged_role, OLD.acknowledged_reason, OLD.acknowledged_at) THEN
    RAISE EXCEPTION 'an acknowledgement stands' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON collateral_alert FOR EACH ROW EXECUTE FUNCTION collateral_alert_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON collateral_alert FOR EACH ROW EXECUTE FUNCTION loan_append_only();
`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE ON collateral_alert TO loanstone_app;
`;
