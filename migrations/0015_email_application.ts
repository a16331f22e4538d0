import type { Knex } from 'knex';

/**
 * Applications that came by email and were opened by staff: what was received, kept as it was, and who opened it.
 * That person is a maker of the loan: the database too takes no decision of theirs on it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLE);
  await knex.raw(GUARDS);
  await knex.raw('GRANT SELECT, INSERT ON email_application TO loanstone_app');
}

const TABLE = `
CREATE TABLE email_application (
  -- of the challenge that the borrower's owner signed; the loan takes its id
  loan_id text PRIMARY KEY REFERENCES owner_challenge,
  opened_by text NOT NULL REFERENCES staff (id),
  message_id text NOT NULL CHECK (message_id ~ '^<[^<>[:space:]]+@[^<>[:space:]]+>$'),
  subject text NOT NULL,
  received_at timestamptz NOT NULL,
  content text,
  attachment_sha256 text CHECK (attachment_sha256 ~ '^[0-9a-f]{64}$'),
  opened_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT something_attached CHECK (content ~ '[^[:space:]]' OR attachment_sha256 IS NOT NULL)
);
`;

const GUARDS = `
CREATE TRIGGER email_application_append_only BEFORE UPDATE OR DELETE ON email_application
  FOR EACH ROW EXECUTE FUNCTION people_append_only();
CREATE TRIGGER email_application_no_truncate BEFORE TRUNCATE ON email_application EXECUTE FUNCTION people_append_only();

CREATE FUNCTION email_application_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM approval a JOIN email_application e ON e.loan_id = a.subject_id
    WHERE a.id = NEW.approval_id AND a.kind = 'loan' AND e.opened_by = NEW.actor_id) THEN
    RAISE EXCEPTION 'maker-is-checker: % opened the application', NEW.actor_id USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER email_application_guard BEFORE INSERT ON approval_decision
  FOR EACH ROW EXECUTE FUNCTION email_application_guard();
`;
