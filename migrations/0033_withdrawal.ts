import type { Knex } from 'knex';

/**
 * Off the platform (domain/withdrawal.ts): the addresses that customers listed, and what leaves to them. The money is set
 * aside in `withdrawal.payable` of its own withdrawal, so that it can be paid or given back once.
 */
const ADDRESSES = `
-- given: as the customer wrote it. address: as it is paid, an ID as the address of its key. actor: what the finalised
-- chain holds there, none = nobody has used it. A removed one is listed again as a new row, with a new cool-down.
CREATE TABLE withdrawal_address (
  id text PRIMARY KEY,
  customer_id text NOT NULL,
  name text NOT NULL CHECK (name ~ '[^[:space:]]' AND length(name) <= 100),
  given text NOT NULL,
  address text,
  actor text,
  state text NOT NULL DEFAULT 'asked'
    CHECK (state IN ('asked', 'challenged', 'listed', 'removed', 'refused', 'expired')),
  refusal text,
  challenge text,
  signature text,
  proven boolean NOT NULL DEFAULT false,
  listed_at timestamptz,
  removed_by text,
  remove_reason text,
  workflow_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CHECK ((state = 'removed') = (removed_by IS NOT NULL)),
  CHECK ((state IN ('removed', 'refused', 'expired')) = (closed_at IS NOT NULL)),
  CHECK (state NOT IN ('challenged', 'listed') OR (address IS NOT NULL AND actor IS NOT NULL)),
  CHECK (state <> 'challenged' OR challenge IS NOT NULL),
  CHECK (state <> 'listed' OR listed_at IS NOT NULL),
  CHECK (NOT proven OR (challenge IS NOT NULL AND signature IS NOT NULL))
);
CREATE UNIQUE INDEX withdrawal_address_once ON withdrawal_address (customer_id, address)
  WHERE state IN ('challenged', 'listed');
CREATE INDEX withdrawal_address_customer ON withdrawal_address (customer_id, created_at);

CREATE FUNCTION withdrawal_address_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'asked' THEN
      RAISE EXCEPTION 'an address begins by being asked for' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'asked' THEN NEW.state IN ('challenged', 'listed', 'refused')
        WHEN 'challenged' THEN NEW.state IN ('listed', 'removed', 'expired')
        WHEN 'listed' THEN NEW.state = 'removed'
        ELSE false END))
      OR OLD.closed_at IS NOT NULL
      OR (NEW.id, NEW.customer_id, NEW.name, NEW.given, NEW.workflow_id, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.name, OLD.given, OLD.workflow_id, OLD.created_at)
      OR (OLD.state <> 'asked' AND (NEW.address, NEW.actor, NEW.challenge)
        IS DISTINCT FROM (OLD.address, OLD.actor, OLD.challenge))
      OR (OLD.state = 'listed' AND (NEW.listed_at, NEW.proven, NEW.signature)
        IS DISTINCT FROM (OLD.listed_at, OLD.proven, OLD.signature)) THEN
    RAISE EXCEPTION 'a listed address does not change' USING ERRCODE = 'check_violation';
  END IF;
  -- The cool-down begins by the database's clock, whatever a caller says.
  IF NEW.state = 'listed' AND OLD.state <> 'listed' THEN NEW.listed_at := clock_timestamp(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_address_guard BEFORE INSERT OR UPDATE ON withdrawal_address
  FOR EACH ROW EXECUTE FUNCTION withdrawal_address_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON withdrawal_address FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

const WITHDRAWALS = `
-- people: how many must accept under the policy version that it was judged by.
CREATE TABLE withdrawal (
  id text PRIMARY KEY,
  customer_id text NOT NULL,
  address_id text NOT NULL,
  address text,
  amount atto NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN
    ('held', 'approved', 'paid', 'failed', 'cancelled', 'expired', 'declined', 'refused')),
  refusal text,
  policy_version integer,
  people integer CHECK (people BETWEEN 0 AND 2),
  approval_id text REFERENCES approval,
  message_id text,
  message_cid text,
  held_at timestamptz,
  -- who cancelled it, and why it did not come off
  closed_by text,
  reason text,
  needs_action text,
  workflow_id text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CHECK (state = 'refused' OR num_nulls(address, policy_version, people, held_at) = 0),
  CHECK ((state IN ('held', 'approved')) = (closed_at IS NULL)),
  CHECK ((state = 'cancelled') = (closed_by IS NOT NULL)),
  CHECK ((state = 'paid') = (message_cid IS NOT NULL)),
  CHECK (needs_action IS NULL OR closed_at IS NULL)
);
CREATE INDEX withdrawal_customer ON withdrawal (customer_id, created_at);
-- What the limits count: what came back to the customer does not.
CREATE INDEX withdrawal_counted ON withdrawal (held_at) WHERE state IN ('held', 'approved', 'paid');

-- Whoever sets money aside for a withdrawal holds this row: no two are counted at once.
CREATE TABLE withdrawal_gate (id integer PRIMARY KEY CHECK (id = 1));
INSERT INTO withdrawal_gate VALUES (1);
CREATE FUNCTION lock_withdrawals() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT FROM withdrawal_gate WHERE id = 1 FOR UPDATE;
$$;

CREATE FUNCTION withdrawal_used(p_customer text, p_at timestamptz) RETURNS TABLE (
  customer_hour numeric, customer_day numeric, platform_hour numeric, platform_day numeric) LANGUAGE sql STABLE AS $$
  SELECT
    coalesce(sum(amount) FILTER (WHERE customer_id = p_customer AND held_at > p_at - interval '1 hour'), 0),
    coalesce(sum(amount) FILTER (WHERE customer_id = p_customer), 0),
    coalesce(sum(amount) FILTER (WHERE held_at > p_at - interval '1 hour'), 0),
    coalesce(sum(amount), 0)
  FROM withdrawal WHERE state IN ('held', 'approved', 'paid') AND held_at > p_at - interval '1 day';
$$;
`;

const GUARDS = `
-- The rules of domain/withdrawal.ts a second time, under the gate: no program can set money aside past them.
CREATE FUNCTION withdrawal_hold(w withdrawal) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p jsonb; latest integer; a withdrawal_address; used record; changed timestamptz;
BEGIN
  SELECT content, version INTO p, latest FROM policy_version
    WHERE kind = 'withdrawal' AND subject = '' ORDER BY version DESC LIMIT 1;
  SELECT * INTO a FROM withdrawal_address WHERE id = w.address_id;
  SELECT max(created_at) INTO changed FROM api_key WHERE customer_id = w.customer_id;
  SELECT * INTO used FROM withdrawal_used(w.customer_id, w.held_at);
  IF w.policy_version IS DISTINCT FROM latest THEN
    RAISE EXCEPTION 'withdrawal %: policy version % is not in force', w.id, w.policy_version
      USING ERRCODE = 'check_violation';
  END IF;
  IF a.state IS DISTINCT FROM 'listed' OR a.customer_id <> w.customer_id OR a.address IS DISTINCT FROM w.address
      OR a.listed_at + (p->>'coolDownSeconds')::bigint * interval '1 second' > w.held_at
      OR changed + (p->>'credentialCoolDownSeconds')::bigint * interval '1 second' > w.held_at THEN
    RAISE EXCEPTION 'withdrawal %: not to that address', w.id USING ERRCODE = 'check_violation';
  END IF;
  IF w.amount > (p->>'perTransaction')::numeric
      OR used.customer_hour + w.amount > (p->>'perCustomerHour')::numeric
      OR used.customer_day + w.amount > (p->>'perCustomerDay')::numeric
      OR used.platform_hour + w.amount > (p->>'platformHour')::numeric
      OR used.platform_day + w.amount > (p->>'platformDay')::numeric THEN
    RAISE EXCEPTION 'withdrawal %: above a limit', w.id USING ERRCODE = 'check_violation';
  END IF;
END $$;

-- Approved by as many people as the policy in force asks for, who saw this address and this amount under it.
CREATE FUNCTION withdrawal_approved(w withdrawal) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p jsonb; latest integer; needed integer; is_proven boolean;
BEGIN
  SELECT content, version INTO p, latest FROM policy_version
    WHERE kind = 'withdrawal' AND subject = '' ORDER BY version DESC LIMIT 1;
  SELECT proven INTO is_proven FROM withdrawal_address WHERE id = w.address_id AND state = 'listed';
  needed := CASE WHEN w.amount > (p->>'twoAbove')::numeric THEN 2
    WHEN w.amount > (p->>'automaticUpTo')::numeric OR is_proven IS NOT TRUE THEN 1 ELSE 0 END;
  IF w.policy_version <> latest OR is_proven IS NULL OR w.people < needed OR (w.people > 0 AND NOT EXISTS (
      SELECT FROM approval a WHERE a.id = w.approval_id AND a.kind = 'withdrawal' AND a.state = 'accepted'
        AND a.quorum >= w.people AND a.subject_id = w.id AND a.subject->>'address' = w.address
        AND a.subject->>'amount' = w.amount::text AND (a.subject->>'policyVersion')::integer = w.policy_version)) THEN
    RAISE EXCEPTION 'withdrawal % is not approved', w.id USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE FUNCTION withdrawal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('held', 'refused') THEN
      RAISE EXCEPTION 'a withdrawal begins with its money set aside' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'held' THEN
      PERFORM lock_withdrawals();
      NEW.held_at := clock_timestamp();
      PERFORM withdrawal_hold(NEW);
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'held' THEN NEW.state IN ('approved', 'cancelled', 'expired', 'declined')
        WHEN 'approved' THEN NEW.state IN ('held', 'paid', 'failed', 'cancelled')
        ELSE false END))
      OR OLD.closed_at IS NOT NULL
      OR (NEW.id, NEW.customer_id, NEW.address_id, NEW.address, NEW.amount, NEW.held_at, NEW.workflow_id)
        IS DISTINCT FROM
         (OLD.id, OLD.customer_id, OLD.address_id, OLD.address, OLD.amount, OLD.held_at, OLD.workflow_id)
      OR (NEW.state <> 'held' AND (NEW.policy_version, NEW.people)
        IS DISTINCT FROM (OLD.policy_version, OLD.people)) THEN
    RAISE EXCEPTION 'what a withdrawal pays, and to whom, never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'approved' AND OLD.state <> 'approved' THEN PERFORM withdrawal_approved(NEW); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_guard BEFORE INSERT OR UPDATE ON withdrawal
  FOR EACH ROW EXECUTE FUNCTION withdrawal_guard();
CREATE TRIGGER never_deleted BEFORE DELETE ON withdrawal FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A withdrawal is paid by one message; only one that never was signed, or failed, leaves room for another.
ALTER TABLE chain.message ADD CONSTRAINT message_withdraw CHECK (kind <> 'withdraw'
  OR (subject_kind = 'withdrawal' AND NOT everything AND params IS NULL AND method = 0));
CREATE UNIQUE INDEX message_withdraw_once ON chain.message (subject_id)
  WHERE kind = 'withdraw' AND state IN ('signed', 'pushed', 'included', 'final');
`;

const GRANTS = `
-- One question about the books, so that the signer reads no balance.
CREATE FUNCTION ledger.held_for_withdrawal(withdrawal_id text) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  SELECT coalesce(sum(b.credits_posted - b.debits_posted), 0)
  FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
  WHERE a.code = 'withdrawal.payable' AND a.owner = withdrawal_id
$$;
REVOKE ALL ON FUNCTION ledger.held_for_withdrawal(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.held_for_withdrawal(text) TO loanstone_signer;

-- What the network asked a unit of gas at the last head: the API knows no node.
CREATE TABLE watch.base_fee (
  id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  fee numeric(39,0) NOT NULL CHECK (fee >= 0),
  epoch bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON watch.base_fee TO loanstone_app;

-- Customers' programs may withdraw where a key says so.
ALTER TABLE api_key DROP CONSTRAINT api_key_scopes_check;
ALTER TABLE api_key ADD CONSTRAINT api_key_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@
  ARRAY['account:read','pool:deposit','pool:redeem','loan:read','loan:apply','loan:repay','withdrawal:place']);

GRANT SELECT, INSERT ON withdrawal, withdrawal_address TO loanstone_app;
GRANT UPDATE (state, policy_version, people, approval_id, message_id, message_cid, closed_by, reason, needs_action,
  closed_at) ON withdrawal TO loanstone_app;
GRANT UPDATE (state, address, actor, refusal, challenge, signature, proven, listed_at, removed_by, remove_reason,
  closed_at) ON withdrawal_address TO loanstone_app;
GRANT SELECT ON withdrawal, withdrawal_address TO loanstone_signer;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [ADDRESSES, WITHDRAWALS, GUARDS, GRANTS]) await knex.raw(sql);
}
