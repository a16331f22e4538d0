/** An arrival of nobody becomes a customer's when two people say so, once; refused, it stays in suspense. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { makeAssignmentActivities } from '../../activities/assignment';
import { attoText } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { refusalOf } from '../chain/a-chain';
import { workflowBundle } from '../support/workflow-bundle';
import { balanceOf } from '../watch/world';
import { CLOCK, FIL, makeWorld, type Caller, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const HOT = 't1hot';

let world: World;
let ada: { id: string; email: string };
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
  ada = await world.aCustomer();
}, 180_000);
afterAll(() => world.close(), 60_000);

/** FIL that came to the hot wallet unannounced, as chain-watch books it. */
async function anArrival(cid: string, as: 'suspense' | 'top-up' = 'suspense'): Promise<string> {
  const amount = FIL;
  const { journalId } = await world.knex.transaction((trx) =>
    post(trx, {
      ...{ key: `test/${cid}`, kind: 'suspense', asset: 'FIL', workflowId: 'chain-watch' },
      ...{ effectiveEpoch: CLOCK, executedEpoch: CLOCK, messageCid: cid },
      postings: [debit('custody.hot', HOT, amount), credit('suspense.unidentified', '', amount)],
    }),
  );
  await world.owner('watch.transfer').insert({
    ...{ cid, idx: 0, to_address: HOT, to_kind: 'hot', from_address: 't1sender', value: attoText(amount) },
    ...{ message_from: 't1sender', message_nonce: 1, included_epoch: 1, executed_epoch: 2, place: 0 },
    ...{ executed_key: 'k', state: 'final', booked_as: as, journal_id: journalId, final_at: new Date() },
  });
  return `/admin/v1/suspense-arrivals/${cid}-0`;
}

const code = ({ status, body }: Reply): unknown[] => [status, body['code']];
const ask = (caller: Caller, path: string, more: object = {}): Promise<Reply> =>
  caller.post(`${path}/assign`, { customerId: ada.id, reason: 'she showed the message', ...more });
const available = () => balanceOf(world.knex, 'customer.available', ada.id);
const suspense = () => balanceOf(world.knex, 'suspense.unidentified', '');

async function decide(caller: Caller, path: string, verb: 'accept' | 'refuse'): Promise<Reply> {
  const { auditor } = world.staff;
  const id = await world.until(`the approval of ${path}`, async () => {
    const { body } = await auditor.caller.get(path);
    return (body['approvalId'] as string | null) ?? undefined;
  });
  const { body } = await auditor.caller.get(`/admin/v1/approvals/${id}`);
  expect(body['subject']).toMatchObject({ amount: attoText(FIL), customerId: ada.id, to: HOT });
  return caller.post(`/admin/v1/approvals/${id}/${verb}`, {
    reason: 'seen',
    subjectHash: body['subjectHash'],
  });
}

async function ended(reply: Reply, name: string): Promise<unknown> {
  const handle = world.client.workflow.getHandle(String(reply.body['workflowId']));
  const result: unknown = await handle.result();
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(join(HISTORIES, `assignment-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
  }
  return result;
}

test('refused before anything is started: roles, reasons, unknown customers, what is not in suspense', async () => {
  const path = await anArrival('cidofarrival1');
  const topUp = await anArrival('cidofatopup00', 'top-up');
  const { auditor, checker, operator } = world.staff;
  expect(code(await ask(auditor.caller, path))).toEqual([403, 'not-allowed']);
  expect(code(await ask(checker.caller, path))).toEqual([403, 'not-allowed']);
  expect(code(await ask(operator.caller, path, { reason: ' ' }))).toEqual([400, 'reason-required']);
  expect(code(await ask(operator.caller, path, { customerId: 'nobody' }))).toEqual([404, 'not-found']);
  expect(code(await ask(operator.caller, topUp))).toEqual([409, 'wrong-state']);
  expect(code(await ask(operator.caller, '/admin/v1/suspense-arrivals/cidofnothing-0'))).toEqual([
    404,
    'not-found',
  ]);
  expect(await world.knex('assignment')).toEqual([]);
});

test('one asks, another refuses: it stays in suspense and may be asked for again', async () => {
  const path = await anArrival('cidofarrival2');
  const before = await suspense();
  const { operator, checker, admin, treasurer } = world.staff;
  const asked = await ask(operator.caller, path);
  expect(asked.status).toBe(202);
  expect((await decide(checker.caller, path, 'refuse')).status).toBe(200);
  expect(await ended(asked, 'refused')).toEqual({ outcome: 'refused', code: null });
  expect([await suspense(), await available()]).toEqual([before, 0n]);

  const again = await ask(admin.caller, path);
  await world.until('the assignment', async () => {
    const { body } = await treasurer.caller.get(path);
    return body['state'] === 'asked' ? true : undefined;
  });
  expect(code(await ask(operator.caller, path))).toEqual([409, 'assignment-asked']);
  expect(code(await decide(admin.caller, path, 'accept'))).toEqual([403, 'maker-is-checker']);
  expect((await decide(treasurer.caller, path, 'accept')).status).toBe(200);
  expect(await ended(again, 'assigned')).toEqual({ outcome: 'assigned', code: null });
  expect([await suspense(), await available()]).toEqual([before - FIL, FIL]);
  expect((await world.mailTo(ada.email)).text).toContain('1 FIL');
  expect((await treasurer.caller.get(path)).body).toMatchObject({ state: 'assigned', customerId: ada.id });
  expect(code(await ask(operator.caller, path))).toEqual([409, 'assigned-already']);
  const journals = await world.knex<{ kind: string; approval_id: string }>('ledger.journal').where({
    kind: 'assignment',
  });
  expect(journals).toHaveLength(1);
  expect(journals[0]?.approval_id).toBeTruthy();
});

test('what was refused is not assigned, whoever says that it was agreed to', async () => {
  const before = [await suspense(), await available()];
  const refused = await world
    .knex('assignment')
    .where({ state: 'refused' })
    .first<{ id: string; workflow_id: string }>('id', 'workflow_id');
  const { assignSuspense } = makeAssignmentActivities({ knex: world.knex });
  expect(await refusalOf(assignSuspense({ id: refused.id, approvalId: 'nobody' }))).toBe('wrong-state');
  expect([await suspense(), await available()]).toEqual(before);
});

test('what suspense does not hold any more is not assigned', async () => {
  const path = await anArrival('cidofarrival3');
  const held = await suspense();
  const take = (back: boolean) => {
    const [from, to] = back ? [credit, debit] : [debit, credit];
    return world.knex.transaction((trx) =>
      post(trx, {
        ...{ key: `test/take-${String(back)}`, kind: 'test', asset: 'FIL', workflowId: 'test' },
        effectiveEpoch: CLOCK,
        postings: [from('suspense.unidentified', '', held), to('equity', '', held)],
      }),
    );
  };
  await take(false);
  const asked = await ask(world.staff.operator.caller, path);
  await decide(world.staff.checker.caller, path, 'accept');
  expect(await ended(asked, 'impossible')).toEqual({ outcome: 'impossible', code: 'amount-above-balance' });
  expect(await available()).toBe(FIL);
  await take(true);
  // Nothing of it was done: it may be asked for once more.
  const again = await ask(world.staff.operator.caller, path);
  expect(again.status).toBe(202);
  await decide(world.staff.checker.caller, path, 'refuse');
  await ended(again, 'refused');
});

test('the database itself assigns no arrival twice, none in part, and none by one person', async () => {
  const { owner } = world;
  const row = {
    ...{ cid: 'cidofarrival2', idx: 0, customer_id: ada.id, amount: attoText(FIL), reason: 'x' },
    asked_by: 'olga',
  };
  const insert = (id: string, more: object = {}) =>
    owner('assignment').insert({ id, workflow_id: `assignment/${id}`, ...row, ...more });
  await expect(insert('twice')).rejects.toThrow('assignment_once');
  await expect(insert('part', { cid: 'cidofarrival1', amount: '1' })).rejects.toThrow('all of it');
  await expect(insert('top-up', { cid: 'cidofatopup00' })).rejects.toThrow('only what lies in suspense');
  await insert('alone', { cid: 'cidofarrival1' });
  const [journal] = await owner<{ id: number; kind: string; approval_id: string }>('ledger.journal').where({
    kind: 'assignment',
  });
  const forged = owner('assignment').where({ id: 'alone' }).update({
    state: 'assigned',
    closed_at: new Date(),
    journal_id: journal?.id,
    approval_id: journal?.approval_id,
  });
  await expect(forged).rejects.toThrow();
  await expect(owner('assignment').where({ id: 'alone' }).delete()).rejects.toThrow();
});

test.each(['assigned', 'refused', 'impossible'])('the history assignment-%s replays', async (name) => {
  const text = readFileSync(join(HISTORIES, `assignment-${name}.json`), 'utf8');
  const history = historyFromJSON(JSON.parse(text));
  await expect(
    Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'assignment/x'),
  ).resolves.toBeUndefined();
});
