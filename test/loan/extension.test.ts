/** Quote and extension through the API: real Postgres and Temporal, a loan in the books, two people of staff. */
import { coins } from '../../domain/money';
import { makeWorld, type Caller, type Reply, type World } from '../api/world';
import { aMinersNode } from './node';
import { aRunningLoan, fillPool, LENT, LENT_EPOCH, setClock, TERM } from './running';
import { runLoanWorkers } from './workers';
import { keyOf } from '../../bin/wallet-actions';

const OWNER = keyOf('11'.repeat(32), 'f');
const node = aMinersNode({ ownerKey: OWNER.address, miners: ['f01000', 'f01001', 'f01002'] });
const MATURITY = LENT_EPOCH + TERM;

let world: World;
let workers: Awaited<ReturnType<typeof runLoanWorkers>>;
beforeAll(async () => {
  world = await makeWorld({ workers: false });
  workers = await runLoanWorkers(world, node.lotus);
  await setClock(world, 50);
  await fillPool(world, coins(3_000n));
  await setClock(world, LENT_EPOCH + 1);
}, 120_000);
afterAll(async () => {
  await workers.stop();
  await world.close();
});

const ask = (who: Caller, loan: string, body: unknown): Promise<Reply> =>
  who.post(`/admin/v1/loans/${loan}/extend`, body);
const loanOf = async (id: string) => (await world.staff.auditor.caller.get(`/admin/v1/loans/${id}`)).body;
const until = (id: string, what: string, holds: (loan: Record<string, unknown>) => boolean) =>
  world.until(what, async () => {
    const loan = await loanOf(id);
    return holds(loan) ? loan : undefined;
  });

async function judge(who: Caller, approvalId: unknown, verb: 'accept' | 'refuse'): Promise<Reply> {
  const path = `/admin/v1/approvals/${String(approvalId)}`;
  const { subjectHash } = (await who.get(path)).body;
  return who.post(`${path}/${verb}`, { reason: 'looked at it', subjectHash });
}

test('an overdue loan is extended by a maker and another person; each refusal changes nothing', async () => {
  const { operator, checker, auditor, admin } = world.staff;
  const borrower = await aRunningLoan(world, 'late', 'f01000');
  await setClock(world, MATURITY);
  await until('late', 'the loan to be overdue', ({ state }) => state === 'overdue');

  const body = { maturityEpoch: MATURITY + 500, reason: 'The pledges end later' };
  const codes = [
    await ask(auditor.caller, 'late', body),
    await ask(checker.caller, 'late', body),
    await ask(operator.caller, 'late', { ...body, reason: ' ' }),
    await ask(operator.caller, 'late', { ...body, maturityEpoch: MATURITY }),
    await ask(operator.caller, 'late', { ...body, maturityEpoch: LENT_EPOCH + 5_256_001 }),
    await ask(operator.caller, 'nobody', body),
  ].map((reply) => reply.body['code']);
  expect(codes).toEqual([
    'not-allowed',
    'not-allowed',
    'reason-required',
    'extension-out-of-range',
    'extension-out-of-range',
    'not-found',
  ]);
  expect((await loanOf('late'))['extensions']).toEqual([]);

  const asked = await ask(admin.caller, 'late', body);
  expect(asked.status).toBe(202);
  expect(asked.body).toMatchObject({ id: 'late', workflowId: 'loan/late' });
  const { approvalId } = asked.body;
  expect(asked.headers.get('location')).toBe(`/admin/v1/approvals/${String(approvalId)}`);
  expect((await ask(operator.caller, 'late', body)).body['code']).toBe('extension-pending');
  expect((await judge(admin.caller, approvalId, 'accept')).body['code']).toBe('maker-is-checker');
  expect((await judge(world.staff.treasurer.caller, approvalId, 'accept')).body['code']).toBe('not-allowed');
  expect(await loanOf('late')).toMatchObject({ state: 'overdue', maturityEpoch: MATURITY });

  expect((await judge(checker.caller, approvalId, 'accept')).body).toMatchObject({ state: 'accepted' });
  const seen = await until('late', 'the loan to be active again', ({ state }) => state === 'active');
  expect(seen).toMatchObject({
    maturityEpoch: MATURITY + 500,
    extensions: [
      {
        n: 1,
        state: 'granted',
        fromEpoch: MATURITY,
        toEpoch: MATURITY + 500,
        makerId: 'staff-admin',
        checkerId: 'staff-checker',
        grantedEpoch: MATURITY,
      },
    ],
  });
  expect((seen['steps'] as { step: string }[]).map(({ step }) => step)).toEqual([
    'overdue',
    'extension-1-asked',
    'extension-1-granted',
    'extended-1',
  ]);
  const own = await borrower.caller.get('/v1/loans/late');
  expect(own.body['extensions']).toMatchObject([{ state: 'granted', toEpoch: MATURITY + 500 }]);
  expect(own.text).not.toContain('staff-checker');
  await world.until('the borrower to be told', () =>
    Promise.resolve(workers.mails.includes('loan-extended') ? true : undefined),
  );
  expect((await judge(checker.caller, approvalId, 'refuse')).body['code']).toBe('already-decided');
});

test('before maturity the same; refused by a checker the maturity stays', async () => {
  const { operator, risk } = world.staff;
  await setClock(world, MATURITY);
  await aRunningLoan(world, 'early', 'f01001');
  const body = { maturityEpoch: MATURITY + 900, reason: 'Asked by the borrower' };
  const asked = await ask(operator.caller, 'early', body);
  expect((await judge(risk.caller, asked.body['approvalId'], 'refuse')).body['state']).toBe('refused');
  expect(await loanOf('early')).toMatchObject({
    maturityEpoch: MATURITY,
    extensions: [{ state: 'refused', grantedEpoch: null }],
  });
});

test('the database moves no maturity without a granted extension, and grants none without its approval', async () => {
  const move = { maturity_epoch: MATURITY + 7 };
  await expect(world.knex('loan').where({ id: 'early' }).update(move)).rejects.toThrow(/granted extension/);
  const { body } = await ask(world.staff.operator.caller, 'early', {
    maturityEpoch: MATURITY + 7,
    reason: 'again',
  });
  const grant = {
    state: 'granted',
    checker_id: 'staff-risk',
    granted_epoch: MATURITY,
    closed_at: new Date(),
  };
  const row = () => world.knex('loan_extension').where({ approval_id: body['approvalId'] });
  await expect(row().update(grant)).rejects.toThrow(/needs its approval/);
  await expect(row().update({ ...grant, checker_id: 'staff-operator' })).rejects.toThrow(/checker|approval/);
  await expect(row().update({ to_epoch: 9 })).rejects.toThrow(/permission denied/);
});

test('a payoff quote is for the epoch asked for, and the same for staff and borrower', async () => {
  const borrower = await aRunningLoan(world, 'quoted', 'f01002');
  const at = MATURITY + 40;
  const own = await borrower.caller.get(`/v1/loans/quoted/payoff-quote?epoch=${at}`);
  expect(own.body).toMatchObject({ id: 'quoted', epoch: at, principal: LENT.toString(), estimate: true });
  const { auditor } = world.staff;
  const staff = await auditor.caller.get(`/admin/v1/loans/quoted/payoff-quote?epoch=${at}`);
  expect(staff.body).toEqual(own.body);
  expect((await auditor.caller.get('/admin/v1/loans/nobody/payoff-quote')).body['code']).toBe('not-found');
  const far = await auditor.caller.get(`/admin/v1/loans/quoted/payoff-quote?epoch=${at + 90_000}`);
  expect(far.body['code']).toBe('malformed-request');
});
