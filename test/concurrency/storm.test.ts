/** Whatever happens at once, in whatever order: nobody is turned away by a deadlock, and the books are the oracle's. */
import fc from 'fast-check';
import { bookPlan } from '../../activities/booking';
import type { ChainEvent } from '../../activities/booking-event';
import { makePoolActivities } from '../../activities/pool';
import { readCursor } from '../../db/clock';
import { listOf } from '../../db/watched';
import { atto, attoText, coins } from '../../domain/money';
import { catchUpPool } from '../../ledger/pool';
import { identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from '../pool/books';
import { accept, giveUp, waitingLoan } from './loans';
import { deadlocks } from './waiting';

const CUSTOMERS = ['ann', 'ben', 'cat'] as const;
const LENT = ['lent-1', 'lent-2', 'lent-3'] as const;
const ASKED = ['asked-1', 'asked-2', 'asked-3', 'asked-4'] as const;
const FIL = 10n ** 18n;

type Payment = { readonly to: (typeof CUSTOMERS)[number] | (typeof LENT)[number]; readonly amount: bigint };
type Act =
  | { readonly kind: 'subscribe'; readonly customer: (typeof CUSTOMERS)[number]; readonly amount: bigint }
  | { readonly kind: 'accept'; readonly loan: (typeof ASKED)[number] }
  | { readonly kind: 'give-up'; readonly loan: (typeof ASKED)[number] }
  | { readonly kind: 'accrue' };

const amounts = fc.bigInt(1n, 60n * FIL);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('subscribe'), customer: fc.constantFrom(...CUSTOMERS), amount: amounts }),
  fc.record({ kind: fc.constant('accept'), loan: fc.constantFrom(...ASKED) }),
  fc.record({ kind: fc.constant('give-up'), loan: fc.constantFrom(...ASKED) }),
  fc.record({ kind: fc.constant('accrue') }),
);
const payment: fc.Arbitrary<Payment> = fc.record({
  to: fc.constantFrom(...CUSTOMERS, ...LENT),
  amount: amounts,
});
const storm = fc.record({
  acts: fc.array(act, { minLength: 20, maxLength: 30 }),
  tipsets: fc.array(fc.array(payment, { minLength: 1, maxLength: 6 }), { minLength: 8, maxLength: 12 }),
});

/** Three depositors with money left, three loans that run, four that wait for approval. */
async function aBusyPool(): Promise<Books> {
  const books = await openBooks();
  await books.clock(1000);
  await books.owner('watch.cursor').update({ head: 2000 });
  for (const id of CUSTOMERS) {
    await books.fund(id, coins(200n));
    await books.subscribe(`first-${id}`, id, coins(100n));
  }
  for (const id of [...LENT, ...ASKED]) await waitingLoan(books, id, coins(50n));
  for (const id of LENT) {
    await accept(books, id);
    await books.disburse(id, coins(50n), 1000);
    // Straight to where the workflow would bring it, step by step.
    await books
      .owner('loan')
      .where({ id })
      .update({ escrow_id_address: id, repayment_address: id, owner_before: id });
    for (const state of ['escrow_offered', 'escrow_proposed', 'escrow_confirmed', 'disbursing', 'active'])
      await books.owner('loan').where({ id }).update({ state });
  }
  return books;
}

function arrivalOf({ to, amount }: Payment, epoch: number, place: number): ChainEvent {
  const lent = to.startsWith('lent');
  return {
    kind: 'arrived',
    arrival: {
      cid: `cid-${epoch}-${place}`,
      index: 0,
      to: `f1${to}`,
      toKind: lent ? 'repayment' : 'deposit',
      ownerKind: lent ? 'loan' : 'customer',
      ownerId: to,
      from: 'f1payer',
      value: atto(amount),
      messageFrom: 'f1payer',
      messageNonce: epoch * 100 + place,
      includedEpoch: epoch,
      executedEpoch: epoch + 1,
      executedKey: `key-${epoch}`,
      place,
    },
  };
}

/** Books tipset after tipset, as chain-watch does. */
async function bookAll({ app, owner }: Books, tipsets: readonly (readonly Payment[])[]): Promise<void> {
  for (const [i, payments] of tipsets.entries()) {
    const cursor = await readCursor(app);
    if (cursor === null) throw new Error('no cursor');
    const epoch = 1001 + i;
    const key = `key-${epoch}`;
    await owner('watch.tipset').insert({
      key,
      height: epoch + 1,
      parent_key: cursor.executedKey,
      state: 'live',
    });
    const booked = await bookPlan(app, {
      tipset: { key, height: epoch + 1, parentKey: cursor.executedKey },
      includedEpoch: epoch,
      events: payments.map((one, place) => arrivalOf(one, epoch, place)),
      list: listOf([]),
      newIds: new Map(),
      breaks: [],
    });
    expect(booked).toEqual({ kind: 'booked' });
  }
}

async function perform(books: Books, one: Act, n: number): Promise<string> {
  const { app } = books;
  if (one.kind === 'accept') return accept(books, one.loan, `checker-${n}`);
  if (one.kind === 'give-up') return giveUp(books, one.loan);
  if (one.kind === 'accrue') {
    const origin = { workflowId: `accrual-${n}`, key: `accrual-${n}` };
    await app.transaction((trx) => catchUpPool(trx, POOL, origin, 20_000));
    return 'accrued';
  }
  const activities = makePoolActivities({ knex: app });
  const id = `sub-${n}`;
  const request = { customerId: one.customer, poolId: POOL, amount: attoText(one.amount) };
  await activities.recordSubscription({ subscriptionId: id, workflowId: `subscription/${id}`, ...request });
  const ended = await activities.bookSubscription(id);
  return ended.outcome === 'refused' ? ended.code : ended.outcome;
}

const ENDS = {
  subscribe: ['booked', 'amount-above-balance', 'deposit-too-small'],
  accept: ['accepted', 'pool-cash-short', 'liquidity-reserve', 'already-decided'],
  'give-up': ['ended'],
  accrue: ['accrued'],
} as const;

test('subscriptions, approvals, accrual and tipsets at once end as each may end, and the books are exact', async () => {
  await fc.assert(
    fc.asyncProperty(storm, async ({ acts, tipsets }) => {
      const books = await aBusyPool();
      try {
        const [ends] = await Promise.all([
          Promise.all(acts.map((one, n) => perform(books, one, n))),
          bookAll(books, tipsets),
        ]);
        for (const [n, one] of acts.entries()) expect(ENDS[one.kind]).toContain(ends[n]);
        const promised = await books
          .app<{ committed: boolean }>('loan')
          .where({ committed: true })
          .whereIn('id', [...ASKED]);
        const { pool } = await books.pool();
        expect(pool.committed).toBe(BigInt(promised.length) * coins(50n));
        expect(await deadlocks(books.owner)).toBe(0);
        expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
        expect(await auditLedger(books.app)).toEqual([]);
        expect((await trialBalance(books.app)).balanced).toBe(true);
        expect((await identity(books.app)).holds).toBe(true);
      } finally {
        await books.close();
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 300_000);
