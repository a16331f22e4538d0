/**
 * What was stopped for a person goes on when two people say so; refused, by one or by its code, nothing changes. How
 * the signer takes up a sender again is test/watch/unfreeze.test.ts, on a chain.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';
import { makeWorld, type Caller, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const HOT = 't1hot';
const SEEN = 'A message used nonce 3 of the hot wallet; we did not sign it.';

let world: World;
let finding: number;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
  await world.owner('chain.address').insert({
    ...{ address: HOT, bytes: Buffer.from([1]), kind: 'hot', owner_kind: 'platform', owner_id: 'hot' },
    ...{ derivation_account: 1, derivation_index: 0 },
  });
  await world.knex('chain.sender').where({ address: HOT }).update({ mode: 'frozen', frozen_reason: 'used' });
  finding = await aFinding('cid-1', SEEN);
}, 180_000);
afterAll(() => world.close(), 60_000);

async function aFinding(subject: string, sentence: string): Promise<number> {
  const [row] = await world
    .knex('watch.finding')
    .insert({ kind: 'foreign-message', subject, epoch: 90, sentence })
    .returning<{ id: number }[]>('id');
  return Number(row?.id);
}

const code = ({ status, body }: Reply): unknown[] => [status, body['code']];
const senders = `/admin/v1/senders/${HOT}`;
const findings = (id: number): string => `/admin/v1/findings/${id}`;

/** The approval that the asking opened. */
async function approvalOf(path: string): Promise<{ path: string; subjectHash: string }> {
  const id = await world.until(`the approval of ${path}`, async () => {
    const { body } = await world.staff.auditor.caller.get(path);
    return (body['approvalId'] as string | null) ?? undefined;
  });
  const { body } = await world.staff.auditor.caller.get(`/admin/v1/approvals/${id}`);
  return { path: `/admin/v1/approvals/${id}`, subjectHash: String(body['subjectHash']) };
}

async function decide(caller: Caller, path: string, verb: 'accept' | 'refuse'): Promise<Reply> {
  const approval = await approvalOf(path);
  return caller.post(`${approval.path}/${verb}`, { reason: 'seen', subjectHash: approval.subjectHash });
}

async function ended(reply: Reply, name: string): Promise<unknown> {
  const handle = world.client.workflow.getHandle(String(reply.body['workflowId']));
  const result: unknown = await handle.result();
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(join(HISTORIES, `remedy-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
  }
  return result;
}

test('roles, reasons and unknown subjects are refused before anything is started', async () => {
  const { auditor, checker, operator } = world.staff;
  const ask = (caller: Caller, path: string, reason = 'why') => caller.post(path, { reason });
  for (const path of [`${senders}/unfreeze`, `${findings(finding)}/resolve`]) {
    expect(code(await ask(auditor.caller, path))).toEqual([403, 'not-allowed']);
    expect(code(await ask(checker.caller, path))).toEqual([403, 'not-allowed']);
    expect(code(await ask(operator.caller, path, ' '))).toEqual([400, 'reason-required']);
  }
  expect(code(await ask(operator.caller, '/admin/v1/senders/t1nobody/unfreeze'))).toEqual([404, 'not-found']);
  expect(code(await ask(operator.caller, `${findings(999)}/resolve`))).toEqual([404, 'not-found']);
  expect(await world.knex('approval')).toEqual([]);
});

test('a sender: asked once, refused by a second person, frozen as before', async () => {
  const { operator, treasurer, auditor, checker } = world.staff;
  const asked = await operator.caller.post(`${senders}/unfreeze`, { reason: 'the key was rotated' });
  expect(asked.status).toBe(202);
  await approvalOf(senders);
  expect(code(await treasurer.caller.post(`${senders}/unfreeze`, { reason: 'me too' }))).toEqual([
    409,
    'remedy-asked',
  ]);
  expect(code(await decide(operator.caller, senders, 'accept'))).toEqual([403, 'not-allowed']);
  expect(code(await decide(auditor.caller, senders, 'accept'))).toEqual([403, 'not-allowed']);
  expect((await auditor.caller.get(senders)).body).toMatchObject({ mode: 'frozen' });
  expect((await decide(checker.caller, senders, 'refuse')).body['state']).toBe('refused');
  expect(await ended(asked, 'refused')).toEqual({ outcome: 'refused', code: null });
  expect((await auditor.caller.get(senders)).body).toMatchObject({
    ...{ mode: 'frozen', frozenReason: 'used', approvalId: null },
  });
});

test('the maker is not the checker, whatever the role', async () => {
  const { admin, treasurer } = world.staff;
  const asked = await admin.caller.post(`${senders}/unfreeze`, { reason: 'the key was rotated' });
  expect(code(await decide(admin.caller, senders, 'accept'))).toEqual([403, 'maker-is-checker']);
  expect((await admin.caller.get(senders)).body).toMatchObject({ mode: 'frozen' });
  await decide(treasurer.caller, senders, 'refuse');
  expect(await ended(asked, 'refused')).toMatchObject({ outcome: 'refused' });
});

test('a sender that is not frozen is refused by its code', async () => {
  await world.owner('chain.address').insert({
    ...{ address: 't1fine', bytes: Buffer.from([2]), kind: 'escrow', owner_kind: 'loan', owner_id: 'l' },
    ...{ derivation_account: 2, derivation_index: 0 },
  });
  const asked = await world.staff.operator.caller.post('/admin/v1/senders/t1fine/unfreeze', {
    reason: 'why',
  });
  expect(code(asked)).toEqual([409, 'sender-not-frozen']);
});

test('a finding: one asks, another agrees, it is dealt with once and says why and by whom', async () => {
  const { operator, checker, auditor } = world.staff;
  const ask = () => operator.caller.post(`${findings(finding)}/resolve`, { reason: 'it was our own test' });
  const asked = await ask();
  expect(asked.status).toBe(202);
  const approval = await approvalOf(findings(finding));
  expect((await auditor.caller.get(approval.path)).body).toMatchObject({
    ...{ kind: 'resolution', subjectKind: 'finding', subjectId: String(finding), makerId: operator.id },
    subject: { finding, sentence: SEEN, reason: 'it was our own test' },
  });
  expect((await auditor.caller.get(findings(finding))).body).toMatchObject({ open: true, resolvedAt: null });
  expect((await decide(checker.caller, findings(finding), 'accept')).status).toBe(200);
  expect(await ended(asked, 'done')).toEqual({ outcome: 'done', code: null });
  expect((await auditor.caller.get(findings(finding))).body).toMatchObject({
    ...{ open: false, resolution: 'it was our own test', approvalId: approval.path.split('/').pop() },
    resolvedAt: expect.any(String) as string,
  });
  expect(code(await ask())).toEqual([409, 'finding-resolved']);
});

test('what holds booking up cannot be called dealt with', async () => {
  const sentence = 't1x holds 1 FIL at epoch 91, the books explain 0 FIL.';
  const id = await aFinding('t1x', sentence);
  const resolve = () => world.staff.operator.caller.post(`${findings(id)}/resolve`, { reason: 'known' });
  await world.knex('watch.cursor').update({ halted: `${sentence} And more.` });
  expect(code(await resolve())).toEqual([409, 'finding-holds']);
  await world.knex('watch.cursor').update({ halted: null });
  const asked = await resolve();
  await approvalOf(findings(id));
  // It comes back while the second person looks: nothing is done.
  await world.knex('watch.cursor').update({ halted: sentence });
  await decide(world.staff.risk.caller, findings(id), 'accept');
  expect(await ended(asked, 'impossible')).toEqual({ outcome: 'impossible', code: 'finding-holds' });
  expect((await world.staff.auditor.caller.get(findings(id))).body).toMatchObject({ open: true });
});

test('the database itself lets no one person do it', async () => {
  const { knex, owner } = world;
  const open = await aFinding('cid-2', 'another');
  const [approval] = await knex<{ id: string; kind: string; state: string }>('approval').where({
    ...{ kind: 'resolution', state: 'accepted' },
  });
  const resolve = (resolution_id: string | null) =>
    knex('watch.finding').where({ id: open }).update({ resolved_at: knex.fn.now(), resolution_id });
  await expect(resolve(null)).rejects.toThrow('only two people resolve it');
  await expect(resolve(approval?.id ?? '')).rejects.toThrow('only two people resolve it');
  await expect(knex('watch.finding').where({ id: finding }).update({ sentence: 'x' })).rejects.toThrow(
    'does not change',
  );
  const thaw = { mode: 'active', frozen_reason: null };
  await expect(knex('chain.sender').where({ address: HOT }).update(thaw)).rejects.toThrow('only two people');
  const forged = owner('chain.sender').where({ address: HOT });
  await expect(forged.update({ ...thaw, unfrozen_by: approval?.id })).rejects.toThrow('only two people');
});

test.each(['refused', 'done', 'impossible'])('the history remedy-%s replays', async (name) => {
  const text = readFileSync(join(HISTORIES, `remedy-${name}.json`), 'utf8');
  const history = historyFromJSON(JSON.parse(text));
  await expect(
    Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'remedy/x'),
  ).resolves.toBeUndefined();
});

test('the session names the network once the platform has seen it', async () => {
  const { caller } = world.staff.auditor;
  expect((await caller.get('/admin/v1/session')).body).toMatchObject({ network: null });
  await world
    .knex('watch.network')
    .insert({ name: 'devnet', genesis_time: 1_598_306_400, epoch_seconds: 30 });
  expect((await caller.get('/admin/v1/session')).body).toMatchObject({
    network: { name: 'devnet', genesisTime: 1_598_306_400, epochSeconds: 30 },
  });
});
