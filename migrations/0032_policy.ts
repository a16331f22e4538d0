import type { Knex } from 'knex';

/** What a second pair of eyes is asked for, and what leaves an address of ours: with withdrawals, custody and policies. */
const KINDS = `
ALTER TABLE approval DROP CONSTRAINT approval_kind_check;
ALTER TABLE approval ADD CONSTRAINT approval_kind_check CHECK (kind IN
  ('onboarding','loan','top-up','loan-extension','loan-disbursement','help','unfreeze','resolution',
   'withdrawal','lift','assignment','to-cold','rate','policy','comparison'));
ALTER TABLE chain.message DROP CONSTRAINT message_kind_check;
ALTER TABLE chain.message ADD CONSTRAINT message_kind_check CHECK (kind IN
  ('sweep','fund','disburse','owner-confirm','owner-propose','withdraw-balance','return','withdraw','to-cold'));
`;

const TABLE = `
-- How the platform decides, as data (domain/policy.ts). subject: whom it is for, '' = everybody. The highest version is
-- in force; the first of each came with the platform, each later one by two people.
CREATE TABLE policy_version (
  kind text NOT NULL CHECK (kind IN ('withdrawal', 'custody', 'liquidity-reserve')),
  subject text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  approval_id text UNIQUE REFERENCES approval (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, subject, version),
  CHECK ((version = 1) = (approval_id IS NULL))
);
CREATE FUNCTION check_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(version) FROM policy_version
      WHERE kind = NEW.kind AND subject = NEW.subject), 0) THEN
    RAISE EXCEPTION 'policy % goes on from its last version', NEW.kind USING ERRCODE = 'LS004';
  END IF;
  IF NEW.approval_id IS NOT NULL AND NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id
      AND a.kind = 'policy' AND a.state = 'accepted') THEN
    RAISE EXCEPTION 'policy % changes by two people only', NEW.kind USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION check_policy_version();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON policy_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON policy_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON policy_version TO loanstone_app;
GRANT SELECT ON policy_version TO loanstone_signer;
`;

/** Amounts in attoFIL, shares of one in ray, times in seconds. */
const FIRST = `
INSERT INTO policy_version (kind, subject, version, content) VALUES
  ('withdrawal', '', 1, '{
    "perTransaction": "50000000000000000000000",
    "perCustomerHour": "50000000000000000000000", "perCustomerDay": "100000000000000000000000",
    "platformHour": "100000000000000000000000", "platformDay": "200000000000000000000000",
    "automaticUpTo": "100000000000000000000", "twoAbove": "5000000000000000000000",
    "coolDownSeconds": 86400, "credentialCoolDownSeconds": 172800, "approvalSeconds": 86400}'),
  ('custody', '', 1, '{"hotLow": "0", "hotHigh": "100000000000000000000000"}'),
  ('liquidity-reserve', 'flexible', 1, '{"share": "50000000000000000000000000"}');
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [KINDS, TABLE, FIRST]) await knex.raw(sql);
}
