/** Out of the pool through the API: quoted, paid at once or queued, given up; refusals change nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { commitToLoan } from '../../ledger/pool';
import { fillQueue } from '../../ledger/redemption';
import { bookDisbursement, bookRepayment } from '../../ledger/loan';
import { atto } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { look } from '../../workflows/handles';
import { agreePolicy } from '../support/policy';
import { workflowBundle } from '../support/workflow-bundle';
import { CLOCK, FIL, makeWorld, type Caller, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
let world: World;

beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

/** Everything of a new customer in the pool; answers the position. */
async function depositor(
  amount: bigint,
): Promise<{ id: string; caller: Caller; position: number; email: string }> {
  const { id, caller, email } = await world.aCustomer(amount);
  await caller.post('/v1/subscriptions', { poolId: 'flexible', amount: `${amount}` });
  const position = await world.until('the position', async () => (await caller.get('/v1/positions')).list[0]);
  return { id, caller, email, position: Number(position['id']) };
}

/** Records the story of a request, where LOANSTONE_RECORD says so. */
async function keep(path: string, name: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const handle = world.client.workflow.getHandle(`redemption/${path.split('/').pop() ?? ''}`);
  await handle.result();
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  writeFileSync(join(HISTORIES, `redemption-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
}

async function inState(caller: Caller, path: string, state: string): Promise<Record<string, unknown>> {
  return world.until(`${path} being ${state}`, async () => {
    const { body } = await caller.get(path);
    return body['state'] === state ? body : undefined;
  });
}

test('a quote says what and why; FIL or everything is paid at once, once, and told by mail', async () => {
  const { caller, position, email } = await depositor(10n * FIL);
  const quote = (await caller.get(`/v1/positions/${position}/redemption-quote?amount=${4n * FIL}`)).body;
  expect(quote).toMatchObject({ value: `${4n * FIL}`, paidAtOnce: true, requestsWaiting: 0, epoch: CLOCK });
  const body = { positionId: position, amount: `${4n * FIL}`, atLeast: quote['value'] };
  const key = { 'idempotency-key': 'once' };
  const answers = await Promise.all([1, 2, 3].map(() => caller.post('/v1/redemptions', body, key)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  const path = answers[0]?.headers.get('location') ?? '';
  expect(await inState(caller, path, 'paid')).toMatchObject({ paid: `${4n * FIL}`, place: null });
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: `${4n * FIL}`,
    positionsValue: `${6n * FIL}`,
  });
  expect((await world.mailTo(email)).text).toContain('4 FIL');
  const rest = await caller.post('/v1/redemptions', { positionId: position, amount: 'everything' });
  await inState(caller, rest.headers.get('location') ?? '', 'paid');
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: `${10n * FIL}`,
    positionsValue: '0',
  });
  await keep(path, 'paid');
  expect((await caller.get('/v1/redemptions')).list.map((row) => row['state'])).toEqual(['paid', 'paid']);
});

test('what cannot be is refused by its code and starts nothing', async () => {
  const { id, caller, position } = await depositor(10n * FIL);
  const other = await depositor(1n * FIL);
  const wanted: [object, number, string][] = [
    [{ positionId: position, amount: `${10n * FIL + 1n}` }, 422, 'amount-above-balance'],
    [{ positionId: position, amount: '0' }, 400, 'amount-zero'],
    [{ positionId: position, amount: '-1' }, 400, 'amount-negative'],
    [{ positionId: position, amount: 1 }, 400, 'amount-not-text'],
    [{ positionId: position, amount: 'all' }, 400, 'amount-not-canonical'],
    [{ positionId: other.position, amount: '1' }, 404, 'not-found'],
    [{ positionId: position, amount: '1', now: true }, 400, 'unknown-field'],
  ];
  for (const [body, status, code] of wanted) {
    const answer = await caller.post('/v1/redemptions', body);
    expect([body, answer.status, answer.body['code']]).toEqual([body, status, code]);
  }
  expect(await world.knex('redemption').where({ customer_id: id })).toEqual([]);
  const bound = await caller.post('/v1/redemptions', {
    positionId: position,
    amount: `${FIL}`,
    atLeast: `${FIL + 1n}`,
  });
  expect(await inState(caller, bound.headers.get('location') ?? '', 'refused')).toMatchObject({
    refusal: 'value-below-bound',
  });
  await keep(bound.headers.get('location') ?? '', 'refused');
  expect((await other.caller.get(bound.headers.get('location') ?? '')).body['code']).toBe('not-found');
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: '0',
    positionsValue: `${10n * FIL}`,
  });
});

test('a pool drawn dry: places in the queue, giving up, and payment when money returns', async () => {
  const first = await depositor(50n * FIL);
  const second = await depositor(50n * FIL);
  // Only without a liquidity reserve is a pool drawn dry by lending alone.
  await agreePolicy(world.owner, 'liquidity-reserve', 'flexible', { share: '0' });
  const idle = BigInt(
    String((await first.caller.get(`/v1/positions/${first.position}/redemption-quote`)).body['idleCash']),
  );
  const event = {
    ...{
      loanId: 'dry',
      includedEpoch: CLOCK,
      executedEpoch: CLOCK + 1,
      messageCid: 'b',
      workflowId: 'loan/dry',
    },
    amount: atto(idle),
    custody: { code: 'custody.hot', owner: 'f1hot' } as const,
  };
  const own = [debit('custody.hot', 'f1hot', event.amount), credit('equity', '', event.amount)];
  await world.knex.transaction((trx) =>
    post(trx, {
      ...({
        key: 'own',
        kind: 'top-up',
        asset: 'FIL',
        effectiveEpoch: CLOCK,
        workflowId: 'top-up/own',
      } as const),
      postings: own,
    }),
  );
  await world.knex.transaction((trx) =>
    commitToLoan(trx, { poolId: 'flexible', loanId: 'dry', amount: atto(idle) }),
  );
  await world.knex.transaction((trx) => bookDisbursement(trx, { ...event, key: 'loan/dry/lend' }));
  const ask = async ({ caller, position }: typeof first, amount: string): Promise<string> =>
    (await caller.post('/v1/redemptions', { positionId: position, amount })).headers.get('location') ?? '';
  const a = await ask(first, `${20n * FIL}`);
  await inState(first.caller, a, 'waiting');
  const b = await ask(second, 'everything');
  const waiting = await inState(second.caller, b, 'waiting');
  expect(waiting['place']).toMatchObject({ requestsAhead: 1, amountAhead: `${20n * FIL}` });
  const staff = world.staff.auditor.caller;
  const filter = encodeURIComponent(JSON.stringify({ state: 'waiting' }));
  expect((await staff.get(`/admin/v1/redemptions?filter=${filter}`)).list).toHaveLength(2);

  const unsaid = await first.caller.post(`${a}/cancel`, {});
  expect([unsaid.status, unsaid.body['code']]).toEqual([400, 'reason-required']);
  const unwritable = await first.caller.post(`${a}/cancel`, { reason: 'stays in\0' });
  expect([unwritable.status, unwritable.body['code']]).toEqual([400, 'malformed-request']);
  const foreign = await second.caller.post(`${a}/cancel`, { reason: 'mine now' });
  expect([foreign.status, foreign.body['code']]).toEqual([404, 'not-found']);
  expect((await first.caller.post(`${a}/cancel`, { reason: 'stays in' })).body['state']).toBe('cancelled');
  expect((await second.caller.get(b)).body['place']).toMatchObject({ requestsAhead: 0, amountAhead: '0' });

  const repayment = { ...event, source: 'direct', borrowerId: first.id, key: 'loan/dry/repay' };
  await world.knex.transaction((trx) => bookRepayment(trx, repayment));
  await world.knex.transaction((trx) =>
    fillQueue(trx, 'flexible', { workflowId: 'accrual', key: 'accrual/x' }),
  );
  await world.client.workflow.getHandle(`redemption/${b.split('/').pop() ?? ''}`).signal(look);
  const paid = await inState(second.caller, b, 'paid');
  expect(paid['paid']).toBe(`${50n * FIL}`);
  const late = await second.caller.post(`${b}/cancel`, { reason: 'too late' });
  expect([late.status, late.body['code']]).toEqual([409, 'wrong-state']);
  const id = b.split('/').pop() ?? '';
  const shown = (await staff.get(`/admin/v1/redemptions/${id}`)).body;
  expect(shown['fills']).toHaveLength(1);
  await keep(a, 'given-up');
  await keep(b, 'queued');
});

test.each(['paid', 'refused', 'given-up', 'queued'])(
  'a redemption that was %s still replays',
  async (name) => {
    const history = historyFromJSON(
      JSON.parse(readFileSync(join(HISTORIES, `redemption-${name}.json`), 'utf8')),
    );
    const bundle = await workflowBundle();
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, history, 'redemption/replayed'),
    ).resolves.toBeUndefined();
  },
);
