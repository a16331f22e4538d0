import type { Knex } from 'knex';

/**
 * A signature for a withdrawal, and whatever takes its ground away (it is cancelled, its address is taken off the list, the
 * policy changes), shut each other out: one commits first and the other sees it. So nothing is signed whose money went
 * back, and what was signed is not given back.
 */
const SIGNING = `
-- What the signature stands on, held until the caller's transaction ends. The signer may read these rows and not lock them.
CREATE FUNCTION hold_withdrawal_ground(withdrawal_id text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('policy/withdrawal'));
  PERFORM 1 FROM withdrawal_address a
    WHERE a.id = (SELECT w.address_id FROM withdrawal w WHERE w.id = withdrawal_id) FOR SHARE;
  PERFORM 1 FROM withdrawal w WHERE w.id = withdrawal_id FOR SHARE;
END $$;
REVOKE ALL ON FUNCTION hold_withdrawal_ground(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_withdrawal_ground(text) TO loanstone_signer;

CREATE FUNCTION policy_after_signatures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('policy/withdrawal'));
  RETURN NEW;
END $$;
CREATE TRIGGER after_signatures BEFORE INSERT ON policy_version FOR EACH ROW WHEN (NEW.kind = 'withdrawal')
  EXECUTE FUNCTION policy_after_signatures();
`;

const GUARD = `
-- Whoever signs and whatever they checked: no first signature is kept of a withdrawal that may not be paid any more. A
-- dearer attempt binds nothing that its slot does not bind already.
CREATE FUNCTION chain.attempt_withdrawal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  m chain.message;
BEGIN
  SELECT * INTO m FROM chain.message WHERE id = NEW.message_id;
  IF m.kind <> 'withdraw' OR EXISTS (SELECT FROM chain.attempt a WHERE a.message_id = m.id) THEN RETURN NEW; END IF;
  PERFORM hold_withdrawal_ground(m.subject_id);
  IF NOT EXISTS (SELECT FROM withdrawal w JOIN withdrawal_address a ON a.id = w.address_id
      WHERE w.id = m.subject_id AND w.state = 'approved' AND w.address = m.to_address AND w.amount = m.value
        AND a.state = 'listed' AND w.policy_version = (SELECT max(p.version) FROM policy_version p
          WHERE p.kind = 'withdrawal' AND p.subject = '')) THEN
    RAISE EXCEPTION 'message %: its withdrawal may not be paid', m.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal BEFORE INSERT ON chain.attempt FOR EACH ROW EXECUTE FUNCTION chain.attempt_withdrawal();
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [SIGNING, GUARD]) await knex.raw(sql);
}
