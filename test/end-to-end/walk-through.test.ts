/** The walk-through of docs/api.md is run as it stands: real bash and curl, the whole stack, staff by the admin API. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credited, deposit, subscribe, topUp } from '../../bin/demo/deposits';
import { textOf } from '../../bin/demo/http';
import { onboard, waitingApproval } from '../../bin/demo/people';
import type { Play } from '../../bin/demo/play';
import { makeKnex } from '../../db/knex';
import { addressFrom } from '../../domain/address';
import { coins } from '../../domain/money';
import type { Knex } from 'knex';
import { plainEnvironment } from '../../stack/environment';
import type { StackInfo } from '../../stack/info';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { waitFor } from '../../stack/wait';
import { faucetPurse, openPlay } from '../support/play';
import { stopAt, writeWalk, type Walk } from './walk';

const LONG_MS = 20 * 60_000;
const ROOT = join(__dirname, '..', '..');
const DEPOSITED = coins(1_000n);
const FAUCET = coins(2_000n);
const folder = mkdtempSync(join(tmpdir(), 'loanstone-walk-'));
chmodSync(folder, 0o711);

let stack: Stack;
let info: StackInfo;
let knex: Knex;
let play: Play;
let walk: Walk;
let printed = '';

/** A hot wallet with gas and a pool with cash, as the demo brings them about. */
async function prepare(): Promise<void> {
  play = await openPlay(info);
  const purse = await faucetPurse(info, play, FAUCET);
  const hot = await knex<{ address: string; kind: string }>('chain.address')
    .where({ kind: 'hot' })
    .first('address');
  await topUp(play, purse, String(hot?.address));
  const ada = await onboard(play, 'ada', { fullName: 'Ada Byron', country: 'GB' });
  await deposit(play, purse, ada, DEPOSITED);
  await credited(play, ada, DEPOSITED);
  await subscribe(play, ada, DEPOSITED);
}

async function accept(subjectId: string): Promise<void> {
  const approval = await waitingApproval(play, subjectId);
  await play.staff.checker.post(`/admin/v1/approvals/${textOf(approval['id'])}/accept`, {
    reason: 'Looked at it',
    subjectHash: approval['subjectHash'],
  });
}

const idOf = async (table: string): Promise<string> => {
  const row = await knex<{ id: string; created_at: Date }>(table).orderBy('created_at', 'desc').first('id');
  return String(row?.id);
};

/** What staff do, by the words of the document. */
const STAFF: Readonly<Record<string, () => Promise<void>>> = {
  'open the account': async () => accept(await idOf('customer')),
  'approve the loan': async () => {
    const id = await idOf('loan');
    await play.waiter.until('the pre-flight', async () => {
      const loan = await play.staff.auditor.get(`/admin/v1/loans/${id}`);
      return loan['state'] === 'preflight' ? loan : null;
    });
    await play.staff.maker.post(`/admin/v1/loans/${id}/forward`, { reason: 'Pre-flight passed' });
    await accept(id);
  },
};

async function runWalk(): Promise<number | null> {
  const child = spawn('bash', [walk.file], {
    cwd: ROOT,
    env: { ...plainEnvironment(), LOANSTONE_DATA: info.dataFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let code: number | null | undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  child.on('close', (exit) => {
    code = exit;
  });
  const ended = () => (code === undefined ? undefined : true);
  for (const [n, action] of walk.staff.entries()) {
    const act = STAFF[action];
    if (act === undefined) throw new Error(`docs/api.md has staff do what this test cannot: ${action}`);
    await waitFor(() => Promise.resolve(printed.includes(stopAt(n)) ? true : ended()), {
      what: action,
      timeoutMs: LONG_MS,
    });
    if (code !== undefined) break;
    await act();
    walk.goOn(n);
  }
  await waitFor(() => Promise.resolve(ended()), { what: 'the end of the walk-through', timeoutMs: LONG_MS });
  return code ?? null;
}

beforeAll(async () => {
  stack = await startStack({ dataFolder: join(folder, 'data'), progress: silentProgress });
  info = stack.info();
  knex = makeKnex(info.database.owner, { poolMax: 2 });
  walk = writeWalk(folder);
  await prepare();
}, LONG_MS);

afterAll(async () => {
  await knex.destroy();
  await stack.stop();
}, 120_000);

test(
  'the blocks of docs/api.md carry a loan from an emailed code to the owner role going back',
  async () => {
    expect(walk.staff).toEqual(Object.keys(STAFF));
    for (const command of ['new', 'address', 'send', 'sign-challenge', 'propose-owner', 'confirm-owner'])
      expect(walk.blocks.join('')).toMatch(new RegExp(`wallet ${command} `));
    const code = await runWalk();
    expect({ code, last: code === 0 ? '' : printed.slice(-2_000) }).toEqual({ code: 0, last: '' });

    const loan = await knex<{ miner: string; state: string; outcome: string; proof_address: string }>(
      'loan',
    ).first();
    expect(loan).toMatchObject({ state: 'closed', outcome: 'repaid' });
    // Proved, proposed and confirmed by an f3 key: it is the owner on chain again.
    const { owner } = await play.lotus.minerInfo(addressFrom(String(loan?.miner)), []);
    expect(loan?.proof_address).toMatch(/^f3/);
    expect(await play.lotus.accountKey(owner, [])).toBe(loan?.proof_address);
    const events = readFileSync(join(folder, 'events'), 'utf8');
    const told = [...events.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
    const steps = await knex<{ seq: number; state: string }>('loan_step')
      .orderBy('seq')
      .select('seq', 'state');
    const closing = steps.findIndex(({ state }) => state === 'closed');
    expect(told).toEqual(steps.slice(0, closing + 1).map(({ seq }) => seq));
    expect(events).toMatch(/event: end\ndata: {"state":"closed","outcome":"repaid"}\n\n$/);
    const key = await knex<{ revoked_at: Date | null; last_used_at: Date | null }>('api_key').first();
    expect([key?.revoked_at, key?.last_used_at]).toEqual([expect.any(Date), expect.any(Date)]);
    expect(printed).toContain('Executed at epoch');
  },
  LONG_MS,
);
