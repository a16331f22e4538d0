/**
 * The ledger: double entry in one schema, written by one function (docs/money.md).
 * The database holds the invariants: balances that cannot cross zero, journals that sum to zero and cannot be changed.
 */
import type { Knex } from 'knex';

/** Roles belong to the server, not to a database: two migrations may run at once. */
const ROLES = ['loanstone_app', 'loanstone_signer'].map(
  (role) => `DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;`,
);

const TABLES = `
CREATE SCHEMA ledger;
CREATE DOMAIN ledger.atto AS numeric(39,0) CHECK (VALUE >= 0);

CREATE TABLE ledger.asset (id smallint PRIMARY KEY, code text NOT NULL UNIQUE, decimals smallint NOT NULL);
INSERT INTO ledger.asset VALUES (1, 'FIL', 18), (2, 'HSM', 18);

CREATE TABLE ledger.chart (code text PRIMARY KEY, asset_id smallint NOT NULL REFERENCES ledger.asset,
  normal_side char(1) NOT NULL CHECK (normal_side IN ('D', 'C')));
INSERT INTO ledger.chart (asset_id, normal_side, code) VALUES
  (1, 'D', 'custody.deposit'), (1, 'D', 'custody.repayment'), (1, 'D', 'custody.hot'), (1, 'D', 'custody.escrow'),
  (1, 'D', 'custody.cold'), (1, 'D', 'loan.principal'), (1, 'D', 'pool.interest'), (1, 'D', 'gas.expense'),
  (1, 'D', 'writeoff.expense'), (1, 'C', 'customer.available'), (1, 'C', 'pool.depositors'), (1, 'C', 'pool.reserve'),
  (1, 'C', 'round.subscribed'), (1, 'C', 'round.payable'), (1, 'C', 'redemption.payable'),
  (1, 'C', 'withdrawal.payable'), (1, 'C', 'suspense.unidentified'), (1, 'C', 'fee.income'), (1, 'C', 'equity'),
  (2, 'D', 'hsm.supply'), (2, 'C', 'hsm.treasury'), (2, 'C', 'customer.hsm');

CREATE TABLE ledger.account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, asset_id smallint NOT NULL REFERENCES ledger.asset,
  code text NOT NULL REFERENCES ledger.chart, owner text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (code, owner, asset_id), UNIQUE (id, asset_id)
);
CREATE INDEX account_owner ON ledger.account (owner);
-- No account crosses zero, holds included: a plain CHECK cannot race.
CREATE TABLE ledger.balance (
  account_id bigint PRIMARY KEY REFERENCES ledger.account,
  normal_side char(1) NOT NULL CHECK (normal_side IN ('D', 'C')),
  debits_posted ledger.atto NOT NULL DEFAULT 0,
  credits_posted ledger.atto NOT NULL DEFAULT 0,
  debits_pending ledger.atto NOT NULL DEFAULT 0,
  credits_pending ledger.atto NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 0,
  CONSTRAINT balance_limit CHECK (CASE normal_side
    WHEN 'C' THEN debits_posted + debits_pending <= credits_posted
    ELSE credits_posted + credits_pending <= debits_posted END)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE ledger.journal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL CONSTRAINT journal_key UNIQUE CHECK (key <> ''),
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  kind text NOT NULL CHECK (kind <> ''),
  asset_id smallint NOT NULL REFERENCES ledger.asset,
  phase text NOT NULL CHECK (phase IN ('posted', 'pending', 'post_pending', 'void_pending')),
  pending_id bigint CONSTRAINT journal_hold_resolved_once UNIQUE REFERENCES ledger.journal,
  reverses_id bigint CONSTRAINT journal_reversed_once UNIQUE REFERENCES ledger.journal,
  pool_id text,
  loan_id text,
  effective_epoch bigint NOT NULL CHECK (effective_epoch >= 0),
  executed_epoch bigint CHECK (executed_epoch >= 0),
  booked_epoch bigint NOT NULL,
  booked_at timestamptz NOT NULL DEFAULT now(),
  workflow_id text NOT NULL CHECK (workflow_id <> ''),
  approval_id text,
  message_cid text,
  CHECK ((pending_id IS NOT NULL) = (phase IN ('post_pending', 'void_pending')))
);
CREATE INDEX journal_loan ON ledger.journal (loan_id, id) WHERE loan_id IS NOT NULL;
CREATE INDEX journal_workflow ON ledger.journal (workflow_id);
CREATE INDEX journal_pool ON ledger.journal (pool_id, id) WHERE pool_id IS NOT NULL;
CREATE INDEX journal_message ON ledger.journal (message_cid) WHERE message_cid IS NOT NULL;

CREATE TABLE ledger.posting (
  journal_id bigint NOT NULL REFERENCES ledger.journal,
  line smallint NOT NULL CHECK (line >= 1),
  account_id bigint NOT NULL,
  asset_id smallint NOT NULL,
  side char(1) NOT NULL CHECK (side IN ('D', 'C')),
  amount ledger.atto NOT NULL CHECK (amount > 0),
  balance_after numeric(39,0) NOT NULL,
  account_version bigint NOT NULL CHECK (account_version >= 1),
  PRIMARY KEY (journal_id, line),
  UNIQUE (account_id, account_version),
  FOREIGN KEY (account_id, asset_id) REFERENCES ledger.account (id, asset_id)
);

-- The chain head that the database knows of; windows are judged by it. It does not go back in a reorg.
CREATE TABLE ledger.chain_head (id smallint PRIMARY KEY CHECK (id = 1), epoch bigint NOT NULL);
INSERT INTO ledger.chain_head VALUES (1, 0);`;

const GUARDS = `
CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only: correct by a reversing journal', TG_TABLE_NAME USING ERRCODE = 'LS003'; END $$;
${['asset', 'chart', 'account', 'journal', 'posting']
  .map(
    (table) => `
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger.${table}
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.${table}
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();`,
  )
  .join('')}
CREATE TRIGGER no_delete BEFORE DELETE ON ledger.balance FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Whatever path a posting came by: at commit its journal has all its lines and sums to zero per asset.
-- Only the last line is summed; lines are numbered without gaps, so none can hide below it.
CREATE FUNCTION ledger.check_zero_sum() RETURNS trigger LANGUAGE plpgsql
  SET search_path = ledger, pg_temp SET enable_seqscan = off AS $$
DECLARE
  lines bigint;
  unbalanced bigint;
BEGIN
  IF EXISTS (SELECT FROM posting WHERE journal_id = NEW.journal_id AND line > NEW.line) THEN RETURN NULL; END IF;
  SELECT sum(n), count(*) FILTER (WHERE difference <> 0) INTO lines, unbalanced
  FROM (SELECT count(*) AS n, sum(CASE side WHEN 'D' THEN amount ELSE -amount END) AS difference
    FROM posting WHERE journal_id = NEW.journal_id GROUP BY asset_id) AS by_asset;
  IF unbalanced > 0 OR lines <> NEW.line THEN
    RAISE EXCEPTION 'journal % does not balance', NEW.journal_id USING ERRCODE = 'LS002';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER zero_sum AFTER INSERT ON ledger.posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger.check_zero_sum();

CREATE FUNCTION ledger.note_head(epoch bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = ledger, pg_temp AS $$
  UPDATE chain_head SET epoch = note_head.epoch WHERE id = 1 AND chain_head.epoch < note_head.epoch;
$$;
`;

/** Opens the accounts that a journal names for the first time, in one order for everybody. */
const OPEN_ACCOUNTS = `
CREATE FUNCTION ledger.open_accounts(p_asset smallint, p_postings jsonb) RETURNS void LANGUAGE plpgsql
  SET search_path = ledger, pg_temp AS $$
DECLARE
  wrong text;
BEGIN
  SELECT p.code INTO wrong FROM jsonb_to_recordset(p_postings) AS p(code text)
    LEFT JOIN chart c ON c.code = p.code AND c.asset_id = p_asset WHERE c.code IS NULL LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'no account % in this asset', wrong USING ERRCODE = 'LS002'; END IF;
  WITH opened AS (
    INSERT INTO account (asset_id, code, owner)
    SELECT DISTINCT p_asset, p.code, p.owner FROM jsonb_to_recordset(p_postings) AS p(code text, owner text)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING RETURNING id, code)
  INSERT INTO balance (account_id, normal_side) SELECT o.id, c.normal_side FROM opened o JOIN chart c USING (code);
END $$;
`;

/** The lines to write: those given, or for a hold's settlement, void or a reversal those of the other journal. */
const LINES = `
CREATE FUNCTION ledger.check_reversal(p_journal bigint, p_reverses bigint, p_accounts bigint[], p_sides text[],
  p_amounts numeric[]) RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
  IF EXISTS (
    (SELECT account_id, CASE side WHEN 'D' THEN 'C' ELSE 'D' END, amount FROM posting WHERE journal_id = p_reverses
     EXCEPT ALL SELECT * FROM unnest(p_accounts, p_sides, p_amounts))
    UNION ALL
    (SELECT * FROM unnest(p_accounts, p_sides, p_amounts) EXCEPT ALL
     SELECT account_id, CASE side WHEN 'D' THEN 'C' ELSE 'D' END, amount FROM posting WHERE journal_id = p_reverses))
    OR NOT EXISTS (SELECT FROM journal WHERE id = p_reverses AND phase = 'posted') THEN
    RAISE EXCEPTION 'journal % is not the reverse of %', p_journal, p_reverses USING ERRCODE = 'LS002';
  END IF;
END $$;

CREATE FUNCTION ledger.check_settlement(p_pending bigint, p_accounts bigint[], p_sides text[], p_amounts numeric[])
  RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT account_id, side, sum(amount) AS amount
        FROM unnest(p_accounts, p_sides, p_amounts) AS l(account_id, side, amount) GROUP BY 1, 2) AS settled
      LEFT JOIN (SELECT account_id, side::text AS side, sum(amount) AS amount
        FROM posting WHERE journal_id = p_pending GROUP BY 1, 2) AS held USING (account_id, side)
    WHERE held.amount IS NULL OR settled.amount > held.amount) THEN
    RAISE EXCEPTION 'more is settled than was held' USING ERRCODE = 'LS002';
  END IF;
END $$;
`;

/**
 * Writes one journal. Locks: the key, then new accounts by name, then balances by id. SQL states it raises:
 * LS001 the key was used with other content; LS002 the journal is not well formed; 23514 balance_limit.
 * Plans are made once a session and kept to indexes: made on empty tables they would scan, made each time cost most.
 */
const POST = `
CREATE FUNCTION ledger.post(journal jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = ledger, pg_temp SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  v_hash bytea := sha256(convert_to(post.journal::text, 'UTF8'));
  v_phase text := coalesce(post.journal->>'phase', 'posted');
  v_postings jsonb := coalesce(post.journal->'postings', '[]');
  v_asset smallint; v_pending bigint; v_reverses bigint := (post.journal->>'reversesId')::bigint;
  v_id bigint; v_known bytea; v_accounts bigint[]; v_sides text[]; v_amounts numeric[];
BEGIN
  SELECT id INTO v_asset FROM asset WHERE code = post.journal->>'asset';
  IF post.journal->>'pendingKey' IS NOT NULL THEN
    SELECT id INTO v_pending FROM journal WHERE key = post.journal->>'pendingKey' AND phase = 'pending';
    IF NOT FOUND THEN RAISE EXCEPTION 'no such hold' USING ERRCODE = 'LS002'; END IF;
  END IF;
  INSERT INTO journal (key, request_hash, kind, asset_id, phase, pending_id, reverses_id, pool_id, loan_id,
    effective_epoch, executed_epoch, booked_epoch, workflow_id, approval_id, message_cid)
  SELECT post.journal->>'key', v_hash, post.journal->>'kind', v_asset, v_phase, v_pending, v_reverses,
    post.journal->>'poolId', post.journal->>'loanId', (post.journal->>'effectiveEpoch')::bigint,
    (post.journal->>'executedEpoch')::bigint, epoch, post.journal->>'workflowId', post.journal->>'approvalId', post.journal->>'messageCid'
  FROM chain_head WHERE id = 1
  ON CONFLICT (key) DO NOTHING RETURNING id INTO v_id;
  IF v_id IS NULL THEN
    SELECT id, request_hash INTO v_id, v_known FROM journal WHERE key = post.journal->>'key';
    IF v_known = v_hash THEN RETURN jsonb_build_object('journalId', v_id, 'replayed', true); END IF;
    RAISE EXCEPTION 'key % was used with other content', post.journal->>'key' USING ERRCODE = 'LS001';
  END IF;
  IF EXISTS (SELECT FROM jsonb_to_recordset(v_postings) AS p(amount text, side text, owner text)
    WHERE p.amount !~ '^[1-9][0-9]{0,38}$' OR p.side NOT IN ('D', 'C')
      OR p.owner IS NULL OR p.amount IS NULL OR p.side IS NULL) THEN
    RAISE EXCEPTION 'a posting is not well formed' USING ERRCODE = 'LS002';
  END IF;
  FOR attempt IN 1..2 LOOP
    SELECT array_agg(a.id ORDER BY p.line), array_agg(p.side ORDER BY p.line), array_agg(p.amount ORDER BY p.line)
    INTO v_accounts, v_sides, v_amounts
    FROM ROWS FROM (jsonb_to_recordset(v_postings) AS (code text, owner text, side text, amount numeric))
      WITH ORDINALITY AS p(code, owner, side, amount, line)
      LEFT JOIN account a ON a.code = p.code AND a.owner = p.owner AND a.asset_id = v_asset;
    EXIT WHEN array_position(v_accounts, NULL) IS NULL;
    PERFORM open_accounts(v_asset, v_postings);
  END LOOP;
  IF v_pending IS NOT NULL AND v_accounts IS NULL THEN
    SELECT array_agg(account_id ORDER BY line), array_agg(side::text ORDER BY line), array_agg(amount ORDER BY line)
    INTO v_accounts, v_sides, v_amounts FROM posting WHERE journal_id = v_pending;
  ELSIF v_phase = 'void_pending' OR coalesce(cardinality(v_accounts), 0) < 2 THEN
    RAISE EXCEPTION 'a journal has two lines or more, a void none of its own' USING ERRCODE = 'LS002';
  ELSIF (SELECT sum(CASE side WHEN 'D' THEN amount ELSE -amount END)
      FROM unnest(v_sides, v_amounts) AS l(side, amount)) <> 0 THEN
    RAISE EXCEPTION 'journal % does not balance', post.journal->>'key' USING ERRCODE = 'LS002';
  ELSIF v_phase = 'post_pending' THEN
    PERFORM check_settlement(v_pending, v_accounts, v_sides, v_amounts);
  END IF;
  IF v_reverses IS NOT NULL THEN PERFORM check_reversal(v_id, v_reverses, v_accounts, v_sides, v_amounts); END IF;
  PERFORM write_lines(v_id, v_asset, v_phase, v_pending, v_accounts, v_sides, v_amounts);
  RETURN jsonb_build_object('journalId', v_id, 'replayed', false);
END $$;
`;

const WRITE_LINES = `
CREATE FUNCTION ledger.write_lines(p_journal bigint, p_asset smallint, p_phase text, p_pending bigint,
  p_accounts bigint[], p_sides text[], p_amounts numeric[]) RETURNS void LANGUAGE plpgsql
  SET search_path = ledger, pg_temp AS $$
DECLARE
  v_all bigint[] := p_accounts || ARRAY(SELECT account_id FROM posting WHERE journal_id = p_pending);
BEGIN
  PERFORM FROM balance WHERE account_id = ANY (v_all) ORDER BY account_id FOR NO KEY UPDATE;
  WITH line AS (
    SELECT account_id, side, amount, n, CASE WHEN p_phase IN ('posted', 'post_pending') THEN amount ELSE 0 END AS posted
    FROM unnest(p_accounts, p_sides, p_amounts) WITH ORDINALITY AS l(account_id, side, amount, n)
  ), change AS (
    SELECT account_id, side, posted, CASE p_phase WHEN 'pending' THEN amount ELSE 0 END AS held, 1 AS lines FROM line
    UNION ALL
    SELECT account_id, side, 0, -amount, 0 FROM posting WHERE journal_id = p_pending
  ), moved AS (
    SELECT account_id, sum(lines) AS lines,
      coalesce(sum(posted) FILTER (WHERE side = 'D'), 0) AS dp, coalesce(sum(posted) FILTER (WHERE side = 'C'), 0) AS cp,
      coalesce(sum(held) FILTER (WHERE side = 'D'), 0) AS dh, coalesce(sum(held) FILTER (WHERE side = 'C'), 0) AS ch
    FROM change GROUP BY account_id
  ), balanced AS (
    UPDATE balance b SET debits_posted = debits_posted + dp, credits_posted = credits_posted + cp,
      debits_pending = debits_pending + dh, credits_pending = credits_pending + ch, version = version + lines
    FROM moved m WHERE b.account_id = m.account_id
    RETURNING b.account_id, b.normal_side, b.version,
      CASE b.normal_side WHEN 'D' THEN debits_posted - credits_posted ELSE credits_posted - debits_posted END AS balance
  )
  INSERT INTO posting (journal_id, line, account_id, asset_id, side, amount, balance_after, account_version)
  SELECT p_journal, n, account_id, p_asset, side, amount,
    balance - coalesce(sum(CASE side WHEN normal_side THEN posted ELSE -posted END) OVER later, 0),
    version - count(*) OVER later
  FROM line JOIN balanced USING (account_id)
  WINDOW later AS (PARTITION BY account_id ORDER BY n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING);
END $$;
`;

const GRANTS = `
REVOKE ALL ON SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO loanstone_app, loanstone_signer;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO loanstone_app;
GRANT SELECT ON ledger.chain_head TO loanstone_signer;
GRANT EXECUTE ON FUNCTION ledger.post(jsonb), ledger.note_head(bigint) TO loanstone_app;
`;

export async function up(knex: Knex): Promise<void> {
  for (const sql of [...ROLES, TABLES, GUARDS, OPEN_ACCOUNTS, LINES, WRITE_LINES, POST, GRANTS])
    await knex.raw(sql);
}
