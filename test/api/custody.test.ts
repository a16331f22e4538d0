/** The workflows of custody: proposed and refused, approved and sent, asked for and there. How money moves: test/watch/custody. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { newKey } from '../../bin/wallet-actions';
import { attoText, atto, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { look, standing } from '../../workflows/handles';
import type { custody } from '../../workflows/custody';
import { agreed } from '../freeze/desk';
import { workflowBundle } from '../support/workflow-bundle';
import { CLOCK, makeWorld, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const [HOT, COLD] = [newKey('t').address, newKey('t').address];

/** What the chain and the signer would do; each step of a message is tested in test/chain. */
const landed = {
  ...{ outcome: 'final', exitCode: 0, cid: 'bafy', includedEpoch: 1, executedEpoch: 2, returnData: null },
  ...{ gas: '1', value: '1', reason: null },
};
const chain = {
  takeUpCold: () => Promise.resolve({ takenUp: null }),
  draftMessage: () => Promise.resolve({ state: 'draft', openMs: 100, includedMs: 100 }),
  estimateMessage: () => Promise.resolve({ ok: true, gas: { gasLimit: 1, gasFeeCap: '1', gasPremium: '1' } }),
  pushMessage: () => Promise.resolve({ hint: 'pending' }),
  followMessage: () => Promise.resolve({ state: 'final', landed, replace: null, needsAction: null }),
  noteMessageNeeds: () => Promise.resolve(),
};
const signer = { signMessage: () => Promise.resolve({ attemptId: 1, cid: 'bafy', nonce: 0 }) };

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: { chain, signer } });
  await world.owner('chain.cold_address').insert({ address: COLD, bytes: Buffer.from([8]) });
  await world.owner('chain.address').insert([
    {
      ...{ address: HOT, bytes: Buffer.from([7]), kind: 'hot', owner_kind: 'platform', owner_id: 'hot' },
      ...{ derivation_account: 1, derivation_index: 0 },
    },
    {
      ...{ address: COLD, bytes: Buffer.from([8]), kind: 'cold', owner_kind: 'platform', owner_id: COLD },
      ...{ derivation_account: null, derivation_index: null },
    },
  ]);
  await move('custody.hot', HOT, 'equity', '', 200n);
  await marks(2, 50n, 100n);
}, 180_000);
afterAll(() => world.close(), 60_000);

let moves = 0;
async function move(
  to: 'custody.hot' | 'custody.cold',
  owner: string,
  from: 'equity' | 'custody.hot',
  of: string,
  fil: bigint,
): Promise<void> {
  moves += 1;
  const key = `test/${moves}`;
  const amount = atto(coins(fil));
  await world.knex.transaction((trx) =>
    post(trx, {
      ...{ key, kind: 'test', asset: 'FIL', workflowId: key, effectiveEpoch: CLOCK, executedEpoch: CLOCK },
      postings: [debit(to, owner, amount), credit(from, of, amount)],
    }),
  );
}

async function marks(version: number, hotLow: bigint, hotHigh: bigint): Promise<void> {
  const content = { hotLow: coins(hotLow).toString(), hotHigh: coins(hotHigh).toString() };
  const subject = { policy: 'custody', of: '', ...content };
  const approval_id = await agreed(world.owner, 'policy', `v${version}`, subject);
  await world.owner('policy_version').insert({ kind: 'custody', subject: '', version, content, approval_id });
}

const lookNow = (workflowId: string) =>
  world.client.workflow.execute<typeof custody>('custody', { taskQueue: 'core', workflowId });

async function decide(n: number, verb: 'accept' | 'refuse'): Promise<Reply> {
  const { auditor, checker } = world.staff;
  const id = await world.until('the approval', async () => {
    const { body } = await auditor.caller.get(`/admin/v1/custody-transfers/${n}`);
    return (body['approvalId'] as string | null) ?? undefined;
  });
  const { body } = await auditor.caller.get(`/admin/v1/approvals/${id}`);
  expect(body['subject']).toMatchObject({ transfer: n, amount: attoText(coins(125n)), to: COLD });
  const judged = { reason: 'seen', subjectHash: body['subjectHash'] };
  expect((await auditor.caller.post(`/admin/v1/approvals/${id}/${verb}`, judged)).status).toBe(403);
  return checker.caller.post(`/admin/v1/approvals/${id}/${verb}`, judged);
}

async function record(name: string, workflowId: string): Promise<unknown> {
  const handle = world.client.workflow.getHandle(workflowId);
  const result: unknown = await handle.result();
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(join(HISTORIES, `custody-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
  }
  return result;
}

const transfer = async (n: number) =>
  (await world.staff.auditor.caller.get(`/admin/v1/custody-transfers/${n}`)).body;

test('the overview: level, marks, target, wallets', async () => {
  const { body } = await world.staff.auditor.caller.get('/admin/v1/custody');
  expect(body).toMatchObject({
    ...{ hot: coins(200n).toString(), owed: '0', level: coins(200n).toString(), coldAddress: COLD },
    ...{ low: coins(50n).toString(), high: coins(100n).toString(), target: coins(75n).toString() },
    wallets: [{ kind: 'hot', addresses: 1, balance: coins(200n).toString() }, { kind: 'cold' }],
  });
});

test('refused by one: nothing is sent, and the next look proposes it anew', async () => {
  expect(await lookNow('custody')).toEqual({ open: [1] });
  await record('round', 'custody');
  expect(await lookNow('custody-again')).toEqual({ open: [1] });
  expect((await decide(1, 'refuse')).body['state']).toBe('refused');
  expect(await record('refused', 'custody/1')).toEqual({ outcome: 'refused' });
  expect(await transfer(1)).toMatchObject({ state: 'refused', messageId: null });
  expect(await lookNow('custody-3')).toEqual({ open: [2] });
});

test('approved: its message is sent, and it ends with it', async () => {
  expect((await decide(2, 'accept')).status).toBe(200);
  expect(await record('sent', 'custody/2')).toEqual({ outcome: 'sent' });
  expect(await transfer(2)).toMatchObject({
    state: 'sent',
    messageId: 'to-cold-2',
    approvalId: expect.any(String) as string,
  });
  await move('custody.cold', COLD, 'custody.hot', HOT, 125n);
  expect(await lookNow('custody-4')).toEqual({ open: [] });
});

test('outdated: approved when it is not spare any more, nothing is sent', async () => {
  await move('custody.hot', HOT, 'equity', '', 125n);
  expect(await lookNow('custody-5')).toEqual({ open: [3] });
  await world
    .owner('pool')
    .where({ id: 'flexible' })
    .update({ committed: attoText(atto(coins(60n))) });
  expect((await decide(3, 'accept')).status).toBe(200);
  expect(await record('outdated', 'custody/3')).toEqual({ outcome: 'outdated' });
  expect(await transfer(3)).toMatchObject({ state: 'outdated', messageId: null });
  await world.owner('pool').where({ id: 'flexible' }).update({ committed: '0' });
});

test('below the low mark a refill is asked for, visibly, and ends when it is there', async () => {
  await marks(3, 300n, 400n);
  expect(await lookNow('custody-6')).toEqual({ open: [4] });
  const handle = world.client.workflow.getHandle('custody/4');
  const needs = await world.until('the asking', async () => {
    return (await handle.query(standing)).needsAction ?? undefined;
  });
  expect(needs).toContain('The hot wallet holds 200 FIL');
  expect(needs).toContain('send 150 FIL from the cold address');
  expect((await world.mailTo('treasurer@loanstone.test')).text).toContain('150 FIL');
  expect(await transfer(4)).toMatchObject({ state: 'wanted', amount: coins(150n).toString() });
  await move('custody.hot', HOT, 'equity', '', 150n);
  await handle.signal(look);
  expect(await record('settled', 'custody/4')).toEqual({ outcome: 'settled' });
  expect(await transfer(4)).toMatchObject({ state: 'settled' });
});

test.each(['round', 'refused', 'sent', 'outdated', 'settled'])(
  'the history custody-%s replays',
  async (name) => {
    const text = readFileSync(join(HISTORIES, `custody-${name}.json`), 'utf8');
    const history = historyFromJSON(JSON.parse(text));
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, `custody-${name}`),
    ).resolves.toBeUndefined();
  },
);
