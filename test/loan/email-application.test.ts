/** An application that came by email: opened by staff with its reference, and never checked by who opened it. */
import { createHash } from 'node:crypto';
import { keyOf, signText } from '../../bin/wallet-actions';
import { coins } from '../../domain/money';
import { makeWorld, type Caller, type World } from '../api/world';
import { aMinersNode } from './node';
import { runLoanWorkers } from './workers';

const OWNER = keyOf('11'.repeat(32), 'f');
const node = aMinersNode({ ownerKey: OWNER.address, miners: ['f01000', 'f01001', 'f01002'] });

let world: World;
let stop: () => Promise<void>;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  ({ stop } = await runLoanWorkers(world, node.lotus));
}, 120_000);

afterAll(async () => {
  await stop();
  await world.close();
});

const email = {
  messageId: '<CAF-1@mail.example.com>',
  subject: 'Loan for f01000, please',
  receivedAt: '2026-11-20T09:30:00.000Z',
  attachmentSha256: createHash('sha256').update('signed form').digest('hex'),
};

async function application(maker: Caller, borrowerId: string, miner: string, changes = {}) {
  // A busy machine's first workflow may outlast the deadline of a call: the caller is told to ask again.
  const challenge = await world.until('a challenge', async () => {
    const reply = await maker.post(`/admin/v1/customers/${borrowerId}/loan-challenges`, { miner });
    return reply.status === 503 ? undefined : reply;
  });
  expect(challenge.status).toBe(201);
  return {
    borrowerId,
    loanId: String(challenge.body['loanId']),
    miner,
    amount: coins(100n).toString(),
    termEpochs: 1000,
    proof: { address: OWNER.address, signature: signText(OWNER, String(challenge.body['text'])) },
    email,
    ...changes,
  };
}

const inState = (id: string, state: string) =>
  world.until(`the loan to be ${state}`, async () => {
    const reply = await world.staff.auditor.caller.get(`/admin/v1/loans/${id}`);
    return reply.body['state'] === state ? reply.body : undefined;
  });

const rows = async () => [
  await world.knex('email_application').orderBy('loan_id'),
  await world.knex('loan').orderBy('id').select('id', 'state'),
];

test('staff open it; its opener may forward, but neither they nor the forwarder may check it', async () => {
  const { admin, operator, checker, auditor } = world.staff;
  const { id: borrowerId, caller: borrower } = await world.aCustomer();
  const body = await application(admin.caller, borrowerId, 'f01000');
  const key = { 'idempotency-key': 'by-email' };
  const opened = await admin.caller.post('/admin/v1/email-applications', body, key);
  expect([opened.status, opened.body['id']]).toEqual([202, body.loanId]);
  expect((await admin.caller.post('/admin/v1/email-applications', body, key)).body).toEqual(opened.body);
  await inState(body.loanId, 'preflight');
  expect((await borrower.get('/v1/loans')).list).toMatchObject([{ id: body.loanId }]);
  const seen = await auditor.caller.get(`/admin/v1/email-applications/${body.loanId}`);
  expect(seen.body).toMatchObject({ ...email, borrowerId, openedBy: 'staff-admin', state: 'preflight' });

  const forward = `/admin/v1/loans/${body.loanId}/forward`;
  expect((await operator.caller.post(forward, { reason: 'Good miner' })).status).toBe(202);
  const approval = await world
    .knex<{ id: string; subject_id: string; subject_hash: string }>('approval')
    .where({ subject_id: body.loanId })
    .first();
  const [id, subjectHash] = [String(approval?.id), String(approval?.subject_hash)];
  const accept = (who: Caller) =>
    who.post(`/admin/v1/approvals/${id}/accept`, { reason: 'Checked', subjectHash });
  const own = await accept(admin.caller);
  expect([own.status, own.body['code']]).toEqual([403, 'maker-is-checker']);
  expect(await world.knex('approval_decision').where({ approval_id: id })).toEqual([]);
  expect(
    await world.knex('refused_attempt').where({ actor_id: admin.id, code: 'maker-is-checker' }),
  ).toHaveLength(1);
  // Past the code, the database itself takes no such decision.
  const decision = { approval_id: id, actor_role: 'admin', decision: 'accept', reason: 'x' };
  await expect(world.knex('approval_decision').insert({ ...decision, actor_id: admin.id })).rejects.toThrow(
    /maker-is-checker/,
  );
  await expect(world.owner('email_application').delete()).rejects.toThrow(/append-only/);
  // Whoever had no hand in it decides; the pool of this test is empty, which is said only to them.
  expect((await accept(checker.caller)).body['code']).toBe('pool-cash-short');
});

test('nothing of the mail passes through a history', async () => {
  const { operator } = world.staff;
  const { id: borrowerId } = await world.aCustomer();
  const body = await application(operator.caller, borrowerId, 'f01001');
  await operator.caller.post('/admin/v1/email-applications', body);
  await inState(body.loanId, 'preflight');
  const history = await world.client.workflow.getHandle(`loan/${body.loanId}`).fetchHistory();
  const text = JSON.stringify(history).replace(/"data":"([\w+/=]+)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  expect(text).toContain(body.proof.signature);
  for (const secret of [email.messageId, email.subject, email.attachmentSha256])
    expect(text).not.toContain(secret);
});

test.each<[string, object, string]>([
  ['no reference at all', { email: { ...email, attachmentSha256: undefined } }, 'malformed-request'],
  ['a Message-ID that is none', { email: { ...email, messageId: 'yesterday' } }, 'malformed-request'],
  ['no mail', { email: undefined }, 'malformed-request'],
  ['a borrower who is not there', { borrowerId: 'nobody' }, 'not-found'],
  ['a challenge of nobody', { loanId: 'none' }, 'not-found'],
])('%s is refused and leaves nothing', async (_, changes, code) => {
  const { operator } = world.staff;
  const { id } = await world.aCustomer();
  const body = await application(operator.caller, id, 'f01002', changes);
  const before = await rows();
  expect((await operator.caller.post('/admin/v1/email-applications', body)).body['code']).toBe(code);
  expect(await rows()).toEqual(before);
});

test('only makers open applications, for customers whose account is open', async () => {
  const { id } = await world.aCustomer();
  const path = `/admin/v1/customers/${id}/loan-challenges`;
  const codeOf = async (who: Caller) => (await who.post(path, { miner: 'f01002' })).body['code'];
  expect(await codeOf(world.staff.checker.caller)).toBe('not-allowed');
  await world.knex('customer').where({ id }).update({ state: 'in_review' });
  expect(await codeOf(world.staff.operator.caller)).toBe('customer-not-open');
});
