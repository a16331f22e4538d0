import type { Knex } from 'knex';

const WALK = `
  CREATE SCHEMA watch;

  -- One row. clock = the pool's clock: height of the last finalised tipset all of whose transfers are journaled;
  -- executed = its executing child, the tipset whose state the books equal; head = the last tipset walked.
  CREATE TABLE watch.cursor (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    clock bigint NOT NULL CHECK (clock >= 0),
    executed bigint NOT NULL,
    executed_key text NOT NULL,
    head bigint NOT NULL,
    head_key text NOT NULL,
    began bigint NOT NULL,
    halted text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (clock <= executed AND executed <= head AND began <= executed)
  );

  CREATE TABLE watch.tipset (
    key text PRIMARY KEY,
    height bigint NOT NULL CHECK (height >= 0),
    parent_key text NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'reverted', 'final')),
    walked_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE UNIQUE INDEX tipset_one_chain ON watch.tipset (height) WHERE state <> 'reverted';
`;

const ARRIVALS = `
  -- An arrival at one of our addresses that is not our own message. idx is its depth-first place in the trace of
  -- the message, 0 = the message itself. Amounts in attoFIL.
  CREATE TABLE watch.transfer (
    cid text NOT NULL,
    idx integer NOT NULL CHECK (idx >= 0),
    to_address text NOT NULL,
    to_kind text NOT NULL,
    owner_kind text,
    owner_id text,
    from_address text NOT NULL,
    value numeric(39,0) NOT NULL CHECK (value > 0),
    message_from text NOT NULL,
    message_nonce bigint NOT NULL,
    included_epoch bigint NOT NULL,
    executed_epoch bigint NOT NULL,
    executed_key text NOT NULL,
    place integer NOT NULL,
    state text NOT NULL CHECK (state IN ('seen', 'orphaned', 'final', 'replaced')),
    booked_as text CHECK (booked_as IN ('deposit', 'top-up', 'repayment', 'excess', 'suspense')),
    journal_id bigint,
    opened_at timestamptz,
    seen_at timestamptz NOT NULL DEFAULT now(),
    final_at timestamptz,
    PRIMARY KEY (cid, idx),
    CHECK ((state = 'final') = (booked_as IS NOT NULL)),
    CHECK ((state = 'final') = (final_at IS NOT NULL))
  );
  CREATE INDEX transfer_owner ON watch.transfer (owner_kind, owner_id, seen_at);
  CREATE INDEX transfer_open ON watch.transfer (state) WHERE state IN ('seen', 'orphaned');
  CREATE INDEX transfer_unopened ON watch.transfer (seen_at) WHERE opened_at IS NULL;

  -- Signals that are owed: written with the booking, deleted once sent, so that a crash between loses none.
  CREATE TABLE watch.look (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

const ERRANDS = `
  CREATE TABLE watch.sweep (
    address text NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    state text NOT NULL CHECK (state IN ('running', 'swept', 'nothing', 'failed')),
    -- Whose work it is, '<workflowId>/<step>': asking again gives the same sweep.
    opened_by text NOT NULL UNIQUE,
    message_id text,
    amount numeric(39,0),
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (address, n)
  );
  CREATE UNIQUE INDEX sweep_one_running ON watch.sweep (address) WHERE state = 'running';

  CREATE TABLE watch.top_up (
    id text PRIMARY KEY,
    workflow_id text NOT NULL UNIQUE,
    amount numeric(39,0) NOT NULL CHECK (amount > 0),
    from_address text NOT NULL,
    to_address text NOT NULL,
    announced_by text NOT NULL,
    approval_id text,
    state text NOT NULL CHECK (state IN ('waiting', 'open', 'arrived', 'refused', 'expired')),
    cid text,
    idx integer,
    journal_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    arrived_at timestamptz,
    CHECK (state <> 'open' OR approval_id IS NOT NULL),
    CHECK ((state = 'arrived') = (journal_id IS NOT NULL))
  );
  CREATE INDEX top_up_open ON watch.top_up (amount) WHERE state = 'open';

  -- What needs a person: a foreign message from one of our addresses, a balance that nothing explains, a reorg
  -- beyond finality. Never deleted; resolved_at when a person has dealt with it.
  CREATE TABLE watch.finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('foreign-message', 'unexplained-balance', 'deep-reorg')),
    subject text NOT NULL,
    epoch bigint NOT NULL,
    sentence text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    UNIQUE (kind, subject, epoch)
  );
`;

const RECONCILIATION = `
  CREATE TABLE watch.recon_run (
    id text PRIMARY KEY,
    workflow_id text NOT NULL,
    tipset_key text NOT NULL,
    height bigint NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('matched', 'broken')),
    addresses integer NOT NULL,
    breaks integer NOT NULL,
    chain_total numeric(39,0) NOT NULL,
    ledger_total numeric(39,0) NOT NULL,
    trial_balance jsonb NOT NULL,
    identity jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE watch.recon_item (
    run_id text NOT NULL REFERENCES watch.recon_run (id),
    address text NOT NULL,
    kind text NOT NULL,
    chain_balance numeric(39,0) NOT NULL,
    ledger_balance numeric(39,0) NOT NULL,
    diff numeric(39,0) NOT NULL,
    class text NOT NULL CHECK (class IN ('matched', 'chain-above-ledger', 'chain-below-ledger')),
    PRIMARY KEY (run_id, address),
    CHECK (diff = chain_balance - ledger_balance),
    CHECK ((diff = 0) = (class = 'matched'))
  );
`;

const GRANTS = `
  GRANT USAGE ON SCHEMA watch TO loanstone_app, loanstone_signer;
  GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA watch TO loanstone_app;
  GRANT DELETE ON watch.look TO loanstone_app;
  REVOKE UPDATE ON watch.recon_run, watch.recon_item FROM loanstone_app;
  GRANT SELECT ON watch.cursor TO loanstone_signer;
`;

/**
 * Schema `watch`: what chain-watch saw and how far it booked. Nothing here is money: journals are in `ledger`,
 * our own messages in `chain`. A tipset's key is its block CIDs joined by commas, in the node's order.
 */
export async function up(knex: Knex): Promise<void> {
  for (const part of [WALK, ARRIVALS, ERRANDS, RECONCILIATION, GRANTS]) await knex.raw(part);
}
