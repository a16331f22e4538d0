/** One person freezes through the API, two lift; refused by a role, a reason or one person, nothing changes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { makeLoanActivities } from '../../activities/loan';
import type { NewApproval } from '../../db/approval';
import { aBorrower, agreed } from '../freeze/desk';
import { workflowBundle } from '../support/workflow-bundle';
import { makeWorld, type Caller, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const PATH = '/admin/v1/freezes';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
  await aBorrower(world.owner, 'ada', 'f01000');
}, 180_000);
afterAll(() => world.close(), 60_000);

const code = ({ status, body }: Reply): unknown[] => [status, body['code']];
const freeze = (caller: Caller, more: object = {}): Promise<Reply> =>
  caller.post(PATH, { scope: 'payouts', reason: 'a strange message', ...more });

async function inForce(reply: Reply): Promise<string> {
  expect(reply.status).toBe(202);
  const id = String(reply.body['id']);
  await world.until('the freeze to be in force', async () => {
    const { status } = await world.staff.auditor.caller.get(`${PATH}/${id}`);
    return status === 200 ? true : undefined;
  });
  return id;
}

async function decide(caller: Caller, asked: Reply, verb: 'accept' | 'refuse'): Promise<Reply> {
  const path = `/admin/v1/approvals/${String(asked.body['approvalId'])}`;
  const subjectHash = await world.until('the approval', async () => {
    const { status, body } = await world.staff.auditor.caller.get(path);
    return status === 200 ? String(body['subjectHash']) : undefined;
  });
  return caller.post(`${path}/${verb}`, { reason: 'looked', subjectHash });
}

const lift = (caller: Caller, id: string, reason = 'it is explained'): Promise<Reply> =>
  caller.post(`${PATH}/${id}/lift`, { reason });

async function record(id: string, name: string): Promise<unknown> {
  const handle = world.client.workflow.getHandle(`freeze/${id}`);
  const result: unknown = await handle.result();
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(join(HISTORIES, `freeze-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
  }
  return result;
}

test('refused before anything is started: an auditor, no reason, a customer where none belongs or is', async () => {
  const { auditor, operator } = world.staff;
  expect(code(await freeze(auditor.caller))).toEqual([403, 'not-allowed']);
  expect(code(await freeze(operator.caller, { reason: ' ' }))).toEqual([400, 'reason-required']);
  expect(code(await freeze(operator.caller, { scope: 'customer' }))).toEqual([400, 'malformed-request']);
  expect(code(await freeze(operator.caller, { customerId: 'ada' }))).toEqual([400, 'malformed-request']);
  const nobody = { scope: 'customer', customerId: 'nobody' };
  expect(code(await freeze(operator.caller, nobody))).toEqual([404, 'not-found']);
  expect(await world.knex('freezes')).toEqual([]);
});

test('one freezes; lifting takes another, and a refusal leaves it standing', async () => {
  const { operator, admin, checker, auditor } = world.staff;
  const id = await inForce(await freeze(admin.caller));
  expect((await auditor.caller.get('/admin/v1/home')).body['freezes']).toMatchObject({ count: 1 });
  expect(code(await freeze(operator.caller))).toEqual([409, 'already-frozen']);
  expect(code(await lift(auditor.caller, id))).toEqual([403, 'not-allowed']);
  expect(code(await lift(operator.caller, id, ' '))).toEqual([400, 'reason-required']);
  expect(code(await lift(operator.caller, 'none'))).toEqual([404, 'not-found']);

  const first = await lift(admin.caller, id);
  expect(first.status).toBe(202);
  expect(code(await decide(admin.caller, first, 'accept'))).toEqual([403, 'maker-is-checker']);
  expect(code(await lift(operator.caller, id))).toEqual([409, 'lift-asked']);
  expect((await decide(checker.caller, first, 'refuse')).body['state']).toBe('refused');
  expect((await auditor.caller.get(`${PATH}/${id}`)).body).toMatchObject({ standing: true, liftedAt: null });

  const again = await world.until('lifting to be open again', async () => {
    const reply = await lift(operator.caller, id);
    return reply.status === 202 ? reply : undefined;
  });
  // Who froze may be one of the two.
  expect((await decide(admin.caller, again, 'accept')).status).toBe(200);
  expect(await record(id, 'lifted')).toEqual({ outcome: 'lifted', code: null });
  expect((await auditor.caller.get(`${PATH}/${id}`)).body).toMatchObject({
    ...{ standing: false, setBy: admin.id, cause: 'person', liftReason: 'it is explained' },
    approvalId: again.body['approvalId'],
  });
  expect(code(await lift(operator.caller, id))).toEqual([409, 'not-frozen']);
  expect((await auditor.caller.get('/admin/v1/home')).body['freezes']).toMatchObject({ count: 0 });
});

test('two at once: one is in force, the other says so and is over', async () => {
  const { operator, treasurer } = world.staff;
  const replies = await Promise.all(
    [operator, treasurer].map(({ caller }) => freeze(caller, { scope: 'lending' })),
  );
  const taken = replies.filter(({ status }) => status === 202).map(({ body }) => String(body['id']));
  const [row] = await world.until('one of them to be in force', async () => {
    const rows = await world.knex<{ id: string; scope: string }>('freezes').where({ scope: 'lending' });
    return rows.length === 1 ? rows : undefined;
  });
  const late = taken.find((id) => id !== row?.id);
  // The API refuses the second where it came late enough; the database refuses it in any case.
  if (late !== undefined)
    expect(await record(late, 'refused')).toEqual({ outcome: 'refused', code: 'already-frozen' });
  const asked = await lift(operator.caller, row?.id ?? '');
  await decide(treasurer.caller, asked, 'accept');
  expect(await record(row?.id ?? '', 'lifted')).toMatchObject({ outcome: 'lifted' });
});

test('the same request twice is one freeze', async () => {
  const { caller } = world.staff.risk;
  const again = { 'idempotency-key': 'the-same-freeze' };
  const body = { scope: 'customer', customerId: 'ada', reason: 'a strange message' };
  const first = await caller.post(PATH, body, again);
  const id = await inForce(first);
  expect((await caller.post(PATH, body, again)).body).toEqual(first.body);
  expect(await world.knex('freezes').where({ scope: 'customer' })).toHaveLength(1);
  const asked = await lift(caller, id);
  await decide(world.staff.checker.caller, asked, 'accept');
  await record(id, 'lifted');
});

test.each([
  ['lending', null, 'lending-frozen'],
  ['customer', 'ada', 'customer-frozen'],
] as const)('%s: no loan is forwarded, and nothing of it changes', async (scope, customerId, refused) => {
  const { knex, owner } = world;
  const id = `by-hand-${scope}`;
  await owner('freezes').insert({
    ...{
      id,
      scope,
      customer_id: customerId,
      cause: 'person',
      reason: 'why',
      set_by: 'x',
      set_by_role: 'risk',
    },
    ...{ workflow_id: `freeze/${id}`, frozen_at: new Date() },
  });
  const approval: NewApproval = {
    id: 'forwarded',
    kind: 'loan',
    subjectKind: 'loan',
    subjectId: 'loan-ada',
    workflowId: 'loan/loan-ada',
    subject: {},
    makerId: 'olga',
    quorum: 1,
  };
  const step = { step: 'forwarded', sentence: 'Forwarded' };
  const { openLoanApproval } = makeLoanActivities({ knex });
  const forward = openLoanApproval({ loanId: 'loan-ada', step, approval });
  await expect(forward).rejects.toMatchObject({ type: refused });
  expect(await knex('approval').where({ id: 'forwarded' })).toEqual([]);
  expect(await knex('loan').where({ id: 'loan-ada' }).first()).toMatchObject({ state: 'preflight' });
  await owner('freezes')
    .where({ id })
    .update({ approval_id: await agreed(owner, 'lift', id) });
});

test.each(['lifted', 'refused'])('the history freeze-%s replays', async (name) => {
  const text = readFileSync(join(HISTORIES, `freeze-${name}.json`), 'utf8');
  const history = historyFromJSON(JSON.parse(text));
  await expect(
    Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'freeze/x'),
  ).resolves.toBeUndefined();
});
