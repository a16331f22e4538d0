/** Four eyes: who announced may not approve; what is refused changes nothing and is on record. */
import { ApplicationFailure } from '@temporalio/common';
import { FIL, makeWorld, type Caller, type World } from './world';

let world: World;
const decided: string[] = [];

beforeAll(async () => {
  // The chain's side of a top-up is another part's: here it only takes the announcement and the decision.
  const chain = {
    announceTopUp: ({ from }: { from: string }) => Promise.resolve({ from, to: 't1hot' }),
    decideTopUp: ({ state }: { state: string }) => {
      decided.push(state);
      if (state === 'open') throw ApplicationFailure.nonRetryable('the test ends here');
      return Promise.resolve();
    },
  };
  world = await makeWorld({ workers: { chain } });
  await world.owner('chain.address').insert({
    address: 't1hotwallet',
    bytes: Buffer.from([1]),
    kind: 'hot',
    owner_kind: 'platform',
    owner_id: 'hot',
    derivation_account: 1,
    derivation_index: 0,
  });
}, 180_000);
afterAll(() => world.close(), 60_000);

const FROM = 't1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba';

async function announce() {
  const announced = await world.staff.treasurer.caller.post('/admin/v1/top-ups', {
    amount: `${FIL}`,
    from: FROM,
  });
  expect(announced.status).toBe(202);
  const id = String(announced.body['id']);
  return world.until('the approval', async () => {
    const filter = encodeURIComponent(JSON.stringify({ subjectId: id }));
    return (await world.staff.auditor.caller.get(`/admin/v1/approvals?filter=${filter}`)).list[0];
  });
}

const judge = (caller: Caller, approval: Record<string, unknown>, verb: string, change: object = {}) =>
  caller.post(`/admin/v1/approvals/${String(approval['id'])}/${verb}`, {
    reason: 'Seen',
    subjectHash: approval['subjectHash'],
    ...change,
  });

test('maker, strangers to the matter, a changed subject and an empty reason are refused; then somebody else accepts', async () => {
  const approval = await announce();
  const { treasurer, risk, auditor, checker } = world.staff;
  const refusals = [
    ['maker-is-checker', 403, await judge(treasurer.caller, approval, 'accept')],
    ['not-allowed', 403, await judge(risk.caller, approval, 'accept')],
    ['not-allowed', 403, await judge(auditor.caller, approval, 'refuse')],
    [
      'approval-changed',
      409,
      await judge(checker.caller, approval, 'accept', { subjectHash: '0'.repeat(64) }),
    ],
    ['reason-required', 400, await judge(checker.caller, approval, 'accept', { reason: '  ' })],
    ['reason-required', 400, await judge(checker.caller, approval, 'accept', { reason: undefined })],
    ['unknown-field', 400, await judge(checker.caller, approval, 'accept', { note: 'x' })],
  ] as const;
  for (const [code, status, answer] of refusals)
    expect([answer.body['code'], answer.status]).toEqual([code, status]);
  expect(await world.knex('approval_decision').where({ approval_id: approval['id'] })).toHaveLength(0);
  const filter = encodeURIComponent(JSON.stringify({ code: 'maker-is-checker' }));
  const kept = await auditor.caller.get(`/admin/v1/refusals?filter=${filter}`);
  expect(kept.list[0]).toMatchObject({
    actorId: 'staff-treasurer',
    actorRole: 'treasurer',
    action: 'POST /admin/v1/approvals/:id/accept',
    subject: `/admin/v1/approvals/${String(approval['id'])}/accept`,
  });

  const accepted = await judge(checker.caller, approval, 'accept');
  expect([accepted.status, accepted.body['state']]).toEqual([200, 'accepted']);
  await world.until('the workflow to go on', () =>
    Promise.resolve(decided.includes('open') ? true : undefined),
  );
  const late = await judge(world.staff.admin.caller, approval, 'refuse');
  expect([late.status, late.body['code']]).toEqual([409, 'already-decided']);
});

test('of two checkers at once one decides and the other is told', async () => {
  const approval = await announce();
  const answers = await Promise.all([
    judge(world.staff.checker.caller, approval, 'accept'),
    judge(world.staff.admin.caller, approval, 'refuse'),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await world.knex('approval_decision').where({ approval_id: approval['id'] })).toHaveLength(1);
});

test('the database refuses what the code would let through', async () => {
  const approval = await announce();
  const row = { approval_id: approval['id'], decision: 'accept', reason: 'x', actor_role: 'admin' };
  await expect(
    world.knex('approval_decision').insert({ ...row, actor_id: 'staff-treasurer' }),
  ).rejects.toThrow(/maker-is-checker/);
  await expect(
    world.knex('approval').where({ id: approval['id'] }).update({ state: 'accepted', closed_at: new Date() }),
  ).rejects.toThrow(/quorum/);
  await expect(
    world.knex('approval').where({ id: approval['id'] }).update({ maker_id: null }),
  ).rejects.toThrow();
  await expect(world.knex('refused_attempt').delete()).rejects.toThrow(/permission denied/);
  await expect(world.owner('refused_attempt').delete()).rejects.toThrow(/append-only/);
  await expect(world.knex('staff').update({ role: 'admin' })).rejects.toThrow(/permission denied/);
});

test('one decision, sent again with its key, is one decision', async () => {
  const approval = await announce();
  const send = () =>
    world.staff.checker.caller.post(
      `/admin/v1/approvals/${String(approval['id'])}/refuse`,
      { reason: 'No', subjectHash: approval['subjectHash'] },
      { 'idempotency-key': 'the-same' },
    );
  const answers = [...(await Promise.all([send(), send(), send()])), await send()];
  expect(answers.map(({ status, body }) => [status, body['state']])).toEqual(Array(4).fill([200, 'refused']));
  expect(answers.at(-1)?.headers.get('idempotency-replayed')).toBe('true');
  expect(await world.knex('approval_decision').where({ approval_id: approval['id'] })).toHaveLength(1);
});

test.each([
  ['t1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epyba', 'address-checksum'],
  ['f1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba', 'address-other-network'],
  ['t01', 'accepted'],
  ['t001', 'address-not-canonical'],
  ['T1D2XRZCSLX7XLBBYLC5C3D5LVANDQW4IWL6EPXBA', 'address-not-canonical'],
  ['not an address', 'address-malformed'],
])('a top-up from %s: %s', async (from, code) => {
  const before = await world.client.workflow.count("WorkflowType = 'topUp'");
  const answer = await world.staff.treasurer.caller.post('/admin/v1/top-ups', { amount: '1', from });
  if (code === 'accepted') {
    expect(answer.status).toBe(202);
    return;
  }
  expect([answer.status, answer.body['code']]).toEqual([400, code]);
  expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer: '#/from', code })]);
  expect(await world.client.workflow.count("WorkflowType = 'topUp'")).toEqual(before);
});
