import type { Knex } from 'knex';

const KINDS = `
  ALTER TABLE approval DROP CONSTRAINT approval_kind_check;
  ALTER TABLE approval ADD CONSTRAINT approval_kind_check CHECK (kind IN
    ('onboarding','loan','top-up','loan-extension','loan-disbursement','help','unfreeze','resolution'));
  CREATE INDEX approval_remedy ON approval (kind, subject_id) WHERE kind IN ('unfreeze', 'resolution');
`;

const SENDERS = `
  -- Who lets a frozen sender sign again: an approval by two people, each used once.
  ALTER TABLE chain.sender ADD COLUMN unfrozen_by text UNIQUE REFERENCES approval (id);
  -- Nonces move up by one, with their slot; over those that others used only when two people let the sender go on.
  CREATE OR REPLACE FUNCTION chain.sender_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    unfreezing boolean := OLD.mode = 'frozen' AND NEW.mode = 'active'
      AND NEW.unfrozen_by IS DISTINCT FROM OLD.unfrozen_by AND EXISTS (
        SELECT FROM approval a WHERE a.id = NEW.unfrozen_by AND a.kind = 'unfreeze' AND a.state = 'accepted'
          AND a.subject_id = OLD.address);
  BEGIN
    IF NEW.address <> OLD.address OR NEW.finalized_seen < OLD.finalized_seen
        OR (NEW.next_nonce <> OLD.next_nonce AND NOT (unfreezing AND NEW.next_nonce > OLD.next_nonce)
          AND (NEW.next_nonce <> OLD.next_nonce + 1 OR NOT EXISTS (
            SELECT FROM chain.nonce_slot s WHERE s.sender = OLD.address AND s.nonce = OLD.next_nonce))) THEN
      RAISE EXCEPTION 'sender %: the nonce moves by one, with its slot', OLD.address;
    END IF;
    IF NOT unfreezing AND ((OLD.mode = 'frozen' AND NEW.mode <> 'frozen')
        OR NEW.unfrozen_by IS DISTINCT FROM OLD.unfrozen_by) THEN
      RAISE EXCEPTION 'sender %: only two people let it sign again', OLD.address;
    END IF;
    RETURN NEW;
  END $$;
  -- The application may freeze; the signer alone moves nonces and lets a sender sign again.
  GRANT UPDATE (unfrozen_by) ON chain.sender TO loanstone_signer;
`;

const FINDINGS = `
  ALTER TABLE watch.finding DROP CONSTRAINT finding_kind_check;
  ALTER TABLE watch.finding ADD CONSTRAINT finding_kind_check
    CHECK (kind IN ('foreign-message', 'unexplained-balance', 'deep-reorg', 'reconciliation-break'));
  ALTER TABLE watch.finding ADD COLUMN resolution_id text UNIQUE REFERENCES approval (id);
  ALTER TABLE watch.finding ADD CONSTRAINT resolved_by_two CHECK ((resolved_at IS NULL) = (resolution_id IS NULL));
  CREATE FUNCTION watch.finding_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.resolved_at IS NOT NULL OR to_jsonb(NEW) - 'resolved_at' - 'resolution_id'
        IS DISTINCT FROM to_jsonb(OLD) - 'resolved_at' - 'resolution_id' THEN
      RAISE EXCEPTION 'finding %: what was found does not change', OLD.id;
    END IF;
    IF NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.resolution_id AND a.kind = 'resolution'
        AND a.state = 'accepted' AND a.subject_id = OLD.id::text) THEN
      RAISE EXCEPTION 'finding %: only two people resolve it', OLD.id;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER finding_guard BEFORE UPDATE OR DELETE ON watch.finding
    FOR EACH ROW EXECUTE FUNCTION watch.finding_guard();
`;

const NETWORK = `
  -- What the node says of its network, for screens: the API knows no node.
  CREATE TABLE watch.network (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    name text NOT NULL,
    genesis_time bigint NOT NULL,
    epoch_seconds integer NOT NULL CHECK (epoch_seconds > 0)
  );
  GRANT SELECT, INSERT, UPDATE ON watch.network TO loanstone_app;
`;

/** Two people let go on what was stopped for a person: a frozen sender, an open finding. And what epochs are in time. */
export async function up(knex: Knex): Promise<void> {
  for (const part of [KINDS, SENDERS, FINDINGS, NETWORK]) await knex.raw(part);
}
