/** The end of a loan in the database: what must not keep the pool's money, the owner role or the loan itself for ever. */
import { makeLoanActivities } from '../../activities/loan';
import { subjectHashOf, type Json } from '../../db/approval';
import { requestsOf } from '../../db/disbursement-request';
import { STANDARD_TERMS } from '../../domain/loan-terms';
import { atto, attoText, coins } from '../../domain/money';
import { accept, loanOf, waitingLoan } from '../concurrency/loans';
import { openBooks, type Books } from '../pool/books';
import { comparePool, queryOf } from '../support/oracle-compare';

const LOAN = 'twice';
const PLAN = [
  { amount: attoText(coins(20n)), condition: null },
  { amount: attoText(coins(30n)), condition: 'half of the sectors are sealed' },
];

let books: Books;
let ledger: ReturnType<typeof makeLoanActivities>;
beforeAll(async () => {
  books = await openBooks();
  ledger = makeLoanActivities({ knex: books.app });
  await books.clock(1000);
  await books.fund('ann', coins(100n));
  await books.subscribe('sub-ann', 'ann', coins(100n));
  await waitingLoan(books, LOAN, coins(50n), { ...STANDARD_TERMS, plan: PLAN });
  expect(await accept(books, LOAN)).toBe('accepted');
  await books.disburse(LOAN, coins(20n), 1001);
  await lead('active');
  await books.clock(1002);
});
afterAll(() => books.close());

/** As the workflow would have led it there, whose steps on chain are not part of this. */
async function lead(state: string): Promise<void> {
  const { owner } = books;
  const of = {
    owner_before: 'f01',
    escrow_id_address: 'f02',
    repayment_address: 'f1r',
    escrow_address: 'f1e',
  };
  await owner.raw('ALTER TABLE loan DISABLE TRIGGER loan_guard');
  await owner('loan')
    .where({ id: LOAN })
    .update({ ...of, state, committed: false, maturity_epoch: 2001 });
  await owner.raw('ALTER TABLE loan ENABLE TRIGGER loan_guard');
  await owner('loan_disbursement')
    .insert({
      loan_id: LOAN,
      n: 1,
      amount: attoText(coins(20n)),
      message_id: 'm1',
      cid: 'c1',
      included_epoch: 1001,
      executed_epoch: 1002,
      available_after: '0',
      pledge_after: '0',
    })
    .onConflict('message_id')
    .ignore();
}

test('payments without end are taken in pieces, and nothing is judged before all are told', async () => {
  for (let n = 0; n < 60; n += 1) await books.repay(LOAN, atto(1n), 1002, `dust-${n}`);
  let told = 0;
  const pieces: number[] = [];
  for (let more = true; more;) {
    const stock = await ledger.takeStock({ loanId: LOAN, told });
    told = stock.payments.at(-1)?.id ?? told;
    pieces.push(stock.payments.length);
    ({ more } = stock);
  }
  expect(pieces).toEqual([50, 10]);
  const steps = await books.app('loan_step').where({ loan_id: LOAN }).whereLike('step', 'repayment-%');
  expect(steps).toHaveLength(60);
});

test('granted while the debt was read as gone: with the settlement the pool has it back, and the loan can close', async () => {
  const reason = 'See the report';
  await ledger.askDisbursement({
    loanId: LOAN,
    approvalId: 'a2',
    actor: { id: 'maker', role: 'operator' },
    reason,
  });
  await books.repay(LOAN, coins(21n), 1002);
  expect((await ledger.takeStock({ loanId: LOAN, told: 0 })).debt).toBe('0');
  const row = await books.app<{ id: string; subject: Json }>('approval').where({ id: 'a2' }).first();
  const decision = {
    approvalId: 'a2',
    actor: { id: 'checker', role: 'checker' },
    decision: 'accept' as const,
    reason: 'seen',
    subjectHash: subjectHashOf(row?.subject ?? null),
  };
  expect((await ledger.decideDisbursement({ loanId: LOAN, decision })).state).toBe('accepted');
  expect((await books.pool()).pool.committed).toBe(coins(30n));

  const step = { step: 'settled', sentence: 'The debt is zero to the atto' };
  await ledger.moveLoan({ loanId: LOAN, to: 'settled', step });
  await ledger.moveLoan({ loanId: LOAN, to: 'settled', step });
  expect((await books.pool()).pool.committed).toBe(atto(0n));
  expect(await requestsOf(books.app, LOAN)).toMatchObject([{ state: 'failed' }]);
  expect((await loanOf(books, LOAN)).committed).toBe(false);
  expect(await comparePool(queryOf(books.app), 'flexible')).toEqual([]);
});

const arrives = (cid: string, state: string, epoch: number) =>
  books.owner('watch.transfer').insert({
    cid,
    idx: 0,
    to_address: 'f1r',
    to_kind: 'repayment',
    owner_kind: 'loan',
    owner_id: LOAN,
    from_address: 'f1stranger',
    value: '1',
    message_from: 'f1stranger',
    message_nonce: 1,
    included_epoch: epoch,
    executed_epoch: epoch + 1,
    executed_key: 'a',
    place: 0,
    state,
  });

test("a stranger's atto under way, an orphan, a displaced message: none keeps the owner role here", async () => {
  const underWay = async (upTo: number | null): Promise<number> =>
    (await ledger.readLoanUnderWay({ loanId: LOAN, upTo })).underWay;
  await arrives('orphan', 'orphaned', 1003);
  await arrives('dust', 'seen', 1010);
  await books.owner('chain.address').insert({
    address: 'f1hot',
    bytes: Buffer.of(1),
    kind: 'hot',
    owner_kind: 'platform',
    owner_id: 'hot',
    derivation_account: 1,
    derivation_index: 0,
  });
  const message = {
    kind: 'disburse',
    from_address: 'f1hot',
    to_address: 'f0twice',
    value: '1',
    method: 0,
    subject_kind: 'loan',
    subject_id: LOAN,
    summary: 'Lend',
    approval_id: 'a2',
  };
  await books
    .owner('chain.message')
    .insert({ ...message, id: 'displaced', workflow_id: 'w1', state: 'conflict' });
  expect([await underWay(null), await underWay(1009), await underWay(1010)]).toEqual([0, 0, 1]);
  await books.owner('chain.message').insert({ ...message, id: 'signed', workflow_id: 'w2', state: 'signed' });
  expect(await underWay(null)).toBe(1);
});
