import type { Knex } from 'knex';

const ADDRESSES = `
  CREATE SCHEMA chain;

  -- An address of ours. address = as the network prints it; bytes = protocol + payload, its identity.
  -- An index is never used twice; a cold address is watched only and has no path.
  CREATE TABLE chain.address (
    address text PRIMARY KEY,
    bytes bytea NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('deposit', 'hot', 'escrow', 'repayment', 'cold')),
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    derivation_account integer,
    derivation_index integer CHECK (derivation_index >= 0),
    id_address text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, derivation_index),
    UNIQUE (kind, owner_kind, owner_id),
    CHECK ((kind = 'cold') = (derivation_index IS NULL)),
    CHECK ((derivation_account IS NULL) = (derivation_index IS NULL))
  );

  -- The deposit account's extended public key: the only thing that leaves the signer.
  CREATE TABLE chain.account_xpub (
    kind text PRIMARY KEY,
    xpub text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );

  -- finalized_seen: the highest finalised tipset at which the signer ever signed; a node below it is an old copy.
  CREATE TABLE chain.sender (
    address text PRIMARY KEY REFERENCES chain.address (address),
    next_nonce bigint NOT NULL DEFAULT 0 CHECK (next_nonce >= 0),
    mode text NOT NULL DEFAULT 'active' CHECK (mode IN ('active', 'frozen', 'draining')),
    frozen_reason text,
    finalized_seen bigint NOT NULL DEFAULT 0,
    CHECK ((mode = 'active') = (frozen_reason IS NULL))
  );

  CREATE FUNCTION chain.open_sender() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
  BEGIN
    IF NEW.kind <> 'cold' THEN INSERT INTO chain.sender (address) VALUES (NEW.address); END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER open_sender AFTER INSERT ON chain.address FOR EACH ROW EXECUTE FUNCTION chain.open_sender();
`;

const MESSAGES = `
  -- One payment. everything: the value is fixed when it is signed. cid, included_epoch, executed_epoch: the attempt
  -- that landed. gas = what it cost in attoFIL, booked at finality.
  CREATE TABLE chain.message (
    id text PRIMARY KEY,
    workflow_id text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('sweep', 'fund', 'disburse', 'owner-confirm', 'owner-propose',
                                       'withdraw-balance', 'return')),
    from_address text NOT NULL REFERENCES chain.sender (address),
    to_address text NOT NULL,
    value numeric(39,0) CHECK (value >= 0),
    everything boolean NOT NULL DEFAULT false,
    method bigint NOT NULL CHECK (method >= 0),
    params bytea,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    summary text NOT NULL,
    approval_id text,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'signed', 'pushed', 'included', 'final', 'failed',
                                                         'cancelled', 'conflict')),
    needs_action text,
    cid text,
    included_epoch bigint,
    executed_epoch bigint,
    exit_code integer,
    return_data bytea,
    gas numeric(39,0) CHECK (gas >= 0),
    journal_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    signed_at timestamptz,
    closed_at timestamptz,
    CHECK (value IS NOT NULL OR (everything AND state IN ('draft', 'cancelled'))),
    CHECK (kind <> 'disburse' OR approval_id IS NOT NULL),
    CHECK (state NOT IN ('included', 'final', 'failed') OR (cid IS NOT NULL AND exit_code IS NOT NULL
           AND included_epoch IS NOT NULL AND executed_epoch > included_epoch)),
    CHECK (state <> 'final' OR exit_code = 0),
    CHECK (state <> 'failed' OR exit_code <> 0)
  );
  CREATE INDEX message_open ON chain.message (from_address) WHERE state IN ('signed', 'pushed', 'included');
  CREATE INDEX message_subject ON chain.message (subject_kind, subject_id);

  -- No way back to draft once a nonce is bound, and what is paid never changes (EqualCall of design 6).
  CREATE FUNCTION chain.message_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.id, NEW.workflow_id, NEW.kind, NEW.from_address, NEW.to_address, NEW.everything, NEW.method, NEW.params,
        NEW.subject_kind, NEW.subject_id, NEW.approval_id) IS DISTINCT FROM (OLD.id, OLD.workflow_id, OLD.kind,
        OLD.from_address, OLD.to_address, OLD.everything, OLD.method, OLD.params, OLD.subject_kind, OLD.subject_id,
        OLD.approval_id)
        OR (NEW.value IS DISTINCT FROM OLD.value AND NOT (OLD.everything AND OLD.value IS NULL)) THEN
      RAISE EXCEPTION 'message %: what is paid cannot change', OLD.id;
    END IF;
    IF NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'draft' THEN NEW.state IN ('signed', 'cancelled')
        WHEN 'signed' THEN NEW.state IN ('pushed', 'included', 'final', 'failed', 'conflict')
        WHEN 'pushed' THEN NEW.state IN ('included', 'final', 'failed', 'conflict')
        WHEN 'included' THEN NEW.state IN ('pushed', 'final', 'failed', 'conflict')
        ELSE false END) THEN
      RAISE EXCEPTION 'message %: no way from % to %', OLD.id, OLD.state, NEW.state;
    END IF;
    IF NEW.state = 'signed' AND NOT EXISTS (SELECT FROM chain.nonce_slot s WHERE s.message_id = NEW.id) THEN
      RAISE EXCEPTION 'message % has no nonce', NEW.id;
    END IF;
    IF NEW.state = 'cancelled' AND EXISTS (SELECT FROM chain.nonce_slot s WHERE s.message_id = NEW.id) THEN
      RAISE EXCEPTION 'message % has a nonce and cannot be cancelled', NEW.id;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER message_guard BEFORE UPDATE ON chain.message FOR EACH ROW EXECUTE FUNCTION chain.message_guard();

  -- A nonce is bound to one message for ever.
  CREATE TABLE chain.nonce_slot (
    sender text NOT NULL REFERENCES chain.sender (address),
    nonce bigint NOT NULL CHECK (nonce >= 0),
    message_id text NOT NULL UNIQUE REFERENCES chain.message (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sender, nonce)
  );

  -- Every signature that was ever made for a slot; any of them may land.
  CREATE TABLE chain.attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender text NOT NULL,
    nonce bigint NOT NULL,
    message_id text NOT NULL REFERENCES chain.message (id),
    cid_signed text NOT NULL UNIQUE,
    cid_unsigned text NOT NULL UNIQUE,
    signed_bytes bytea NOT NULL,
    signed_json jsonb NOT NULL,
    gas_limit bigint NOT NULL CHECK (gas_limit > 0),
    fee_cap numeric(39,0) NOT NULL,
    premium numeric(39,0) NOT NULL,
    created_epoch bigint NOT NULL,
    supersedes bigint UNIQUE REFERENCES chain.attempt (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (sender, nonce) REFERENCES chain.nonce_slot (sender, nonce),
    CHECK (premium <= fee_cap)
  );
  CREATE INDEX attempt_message ON chain.attempt (message_id, id);

  -- Where an attempt was seen in the chain; a reorg marks it, nothing removes it.
  CREATE TABLE chain.inclusion (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cid text NOT NULL,
    tipset_key text NOT NULL,
    height bigint NOT NULL,
    executed_height bigint NOT NULL,
    exit_code integer NOT NULL,
    gas_used bigint NOT NULL,
    reverted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (cid, tipset_key),
    CHECK (executed_height > height)
  );
`;

const APPEND_ONLY = `
  CREATE FUNCTION chain.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'chain.% is append-only', TG_TABLE_NAME; END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain.nonce_slot
    FOR EACH ROW EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain.attempt
    FOR EACH ROW EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain.account_xpub
    FOR EACH ROW EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER append_only BEFORE DELETE ON chain.inclusion
    FOR EACH ROW EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER append_only BEFORE DELETE ON chain.message
    FOR EACH ROW EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chain.nonce_slot EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chain.attempt EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chain.inclusion EXECUTE FUNCTION chain.append_only();
  CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chain.message EXECUTE FUNCTION chain.append_only();

  -- Only the mark of a reorg may change, there and back: the same tipset can return.
  CREATE FUNCTION chain.inclusion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF to_jsonb(NEW) - 'reverted_at' IS DISTINCT FROM to_jsonb(OLD) - 'reverted_at' THEN
      RAISE EXCEPTION 'chain.inclusion is append-only';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER inclusion_guard BEFORE UPDATE ON chain.inclusion
    FOR EACH ROW EXECUTE FUNCTION chain.inclusion_guard();

  -- Nonces move up by one, with their slot.
  CREATE FUNCTION chain.sender_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.address <> OLD.address OR NEW.finalized_seen < OLD.finalized_seen
        OR (NEW.next_nonce <> OLD.next_nonce AND (NEW.next_nonce <> OLD.next_nonce + 1 OR NOT EXISTS (
          SELECT FROM chain.nonce_slot s WHERE s.sender = OLD.address AND s.nonce = OLD.next_nonce))) THEN
      RAISE EXCEPTION 'sender %: the nonce moves by one, with its slot', OLD.address;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER sender_guard BEFORE UPDATE ON chain.sender FOR EACH ROW EXECUTE FUNCTION chain.sender_guard();

  -- Only the ID may come later, and change while it is not final.
  CREATE FUNCTION chain.address_guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'id_address' IS DISTINCT FROM to_jsonb(OLD) - 'id_address' THEN
      RAISE EXCEPTION 'chain.address is append-only';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER address_guard BEFORE UPDATE OR DELETE ON chain.address
    FOR EACH ROW EXECUTE FUNCTION chain.address_guard();
`;

const GRANTS = `
  DO $$ BEGIN CREATE ROLE loanstone_app NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
  DO $$ BEGIN CREATE ROLE loanstone_signer NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
  GRANT USAGE ON SCHEMA chain TO loanstone_app, loanstone_signer;
  GRANT SELECT ON ALL TABLES IN SCHEMA chain TO loanstone_app, loanstone_signer;

  GRANT INSERT ON chain.address, chain.message, chain.inclusion TO loanstone_app;
  GRANT UPDATE (id_address) ON chain.address TO loanstone_app;
  GRANT UPDATE (mode, frozen_reason) ON chain.sender TO loanstone_app;
  GRANT UPDATE (state, needs_action, cid, included_epoch, executed_epoch, exit_code, return_data, gas, journal_id,
                closed_at) ON chain.message TO loanstone_app;
  GRANT UPDATE (reverted_at) ON chain.inclusion TO loanstone_app;

  GRANT INSERT ON chain.address, chain.account_xpub, chain.nonce_slot, chain.attempt TO loanstone_signer;
  GRANT UPDATE (next_nonce, mode, frozen_reason, finalized_seen) ON chain.sender TO loanstone_signer;
  GRANT UPDATE (state, value, signed_at) ON chain.message TO loanstone_signer;
`;

/**
 * Schema `chain`: our addresses and our own messages. A message owns one nonce slot and may have many attempts;
 * only the signer's role can bind a nonce or store a signature (design 6).
 */
export async function up(knex: Knex): Promise<void> {
  for (const part of [ADDRESSES, MESSAGES, APPEND_ONLY, GRANTS]) await knex.raw(part);
}
