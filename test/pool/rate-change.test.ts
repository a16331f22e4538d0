/** Rates and the liquidity reserve on real books: by two people, never backwards, to the atto, whoever comes at once. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { bookPolicy } from '../../db/policy-proposal';
import { readPolicy } from '../../db/policy';
import { lockPool, readPool } from '../../db/pool';
import { trailingYield } from '../../db/pool-yield';
import { bookRate, insertRateProposal } from '../../db/rate';
import { ratePreview } from '../../db/rate-preview';
import { lendable } from '../../domain/liquidity-reserve';
import { atto, coins } from '../../domain/money';
import { RefusalError } from '../../domain/refusal';
import { advancePool } from '../../ledger/pool';
import { accept, loanOf, waitingLoan } from '../concurrency/loans';
import { untilWaiting } from '../concurrency/waiting';
import { comparePool, queryOf } from '../support/oracle-compare';
import { agreePolicy } from '../support/policy';
import { aRate, percent } from './a-pool';
import { openBooks, POOL, type Books } from './books';

let books: Books;
let admin: Knex;
beforeAll(async () => {
  books = await openBooks();
  admin = makeKnex(books.database.adminUrl, { poolMax: 1 });
  await books.clock(1000);
  await books.fund('ann', coins(200n));
  await books.subscribe('sub-ann', 'ann', coins(100n));
}, 60_000);
afterAll(async () => {
  await admin.destroy();
  await books.close();
});
afterEach(async () => {
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
});

const inside = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => books.app.transaction(work);
const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof RefusalError ? error.code : String(error)),
  );

/** An approval as two people left it. */
async function agreed(id: string, kind: string, subjectId: string, subject: object): Promise<string> {
  await books.owner('approval').insert({
    ...{
      id,
      kind,
      subject_kind: kind,
      subject_id: subjectId,
      workflow_id: `${kind}/${subjectId}`,
      quorum: 1,
    },
    ...{ subject: JSON.stringify(subject), subject_hash: createHash('sha256').update(id).digest('hex') },
    ...{ maker_id: 'maker', state: 'accepted', closed_at: new Date() },
  });
  return id;
}

const setShare = (share: bigint): Promise<void> =>
  agreePolicy(books.owner, 'liquidity-reserve', POOL, { share: share.toString() });

describe('the liquidity reserve', () => {
  test('by the policy that came with the platform 5 FIL of 100 stay: one atto over is refused, nothing changed', async () => {
    const before = await books.pool();
    expect(await refusalOf(books.commit('over', atto(coins(95n) + 1n)))).toBe('liquidity-reserve');
    expect(await books.pool()).toEqual(before);
    expect(await books.app('loan_account').where({ loan_id: 'over' })).toEqual([]);
  });

  test('two loans approved at once, each would fit alone: one is accepted, the other stands as before', async () => {
    await waitingLoan(books, 'one', atto(coins(48n)));
    await waitingLoan(books, 'two', atto(coins(48n)));
    const before = { one: await loanOf(books, 'one'), two: await loanOf(books, 'two') };
    const line = await books.app.transaction();
    await lockPool(line, POOL);
    const both = [accept(books, 'one', 'checker-1'), accept(books, 'two', 'checker-2')] as const;
    await untilWaiting(admin, 2).finally(() => line.commit());
    const ends = await Promise.all(both);
    expect([...ends].sort()).toEqual(['accepted', 'liquidity-reserve']);
    const refused = ends[0] === 'accepted' ? 'two' : 'one';
    expect(await loanOf(books, refused)).toEqual(before[refused]);
    const { pool } = await books.pool();
    expect([pool.cash, pool.committed]).toEqual([coins(52n), coins(48n)]);
  });

  test('the limit exactly passes; a stricter policy counts from then on, and for policies two people are needed', async () => {
    await books.commit('exact', atto(coins(47n)));
    expect((await books.pool()).pool.cash).toBe(coins(5n));
    expect(await refusalOf(books.commit('more', atto(1n)))).toBe('liquidity-reserve');
    await setShare(percent(4));
    await books.commit('more', atto(coins(1n)));
    await setShare(percent(30));
    const { pool } = await books.pool();
    expect(lendable(pool, percent(30))).toBe(0n);
    expect(await refusalOf(books.commit('none', atto(1n)))).toBe('liquidity-reserve');
    const subject = { policy: 'liquidity-reserve', of: POOL, follows: 3, share: '0', reason: 'x' };
    const id = await agreed('other', 'policy', 'liquidity-reserve/flexible', subject);
    const forged = { kind: 'liquidity-reserve', subject: POOL, version: 4, content: '{"share": "1"}' };
    await expect(books.app('policy_version').insert({ ...forged, approval_id: id })).rejects.toThrow(
      /two people/,
    );
    const stale = await agreed('stale', 'policy', 'liquidity-reserve/flexible', { ...subject, follows: 2 });
    expect(await refusalOf(inside((trx) => bookPolicy(trx, stale)))).toBe('approval-changed');
    expect((await readPolicy(books.app, 'liquidity-reserve', POOL)).version).toBe(3);
    await setShare(percent(5));
  });
});

const NEW_RATE = { ...aRate({ slope1: percent(24), slope2: percent(60), reserveFactor: percent(20) }) };
async function propose(id: string, fromEpoch: number, values = NEW_RATE): Promise<string> {
  const { base, slope1, slope2, kink, reserveFactor } = values;
  const proposal = { base, slope1, slope2, kink, reserveFactor, id, poolId: POOL, fromEpoch };
  await inside((trx) =>
    insertRateProposal(trx, { ...proposal, reason: 'a test', makerId: 'maker', workflowId: `rate/${id}` }),
  );
  return id;
}
const stateOf = async (id: string): Promise<unknown> =>
  (await books.app('rate_proposal').where({ id }).first<{ state: string }>('state')).state;
const versions = async () => (await books.pool()).rates.map(({ version, fromEpoch }) => [version, fromEpoch]);

describe('rates', () => {
  test('begin at their epoch, in the middle of a run, and the oracle counts the same', async () => {
    await books.disburse('exact', atto(coins(47n)), 1000);
    await propose('r1', 1500);
    expect(await refusalOf(propose('r1b', 1600))).toBe('proposal-waiting');
    const id = await agreed('a1', 'rate', 'r1', {});
    expect(await inside((trx) => bookRate(trx, 'r1', id))).toEqual({ state: 'accepted', version: 2 });
    expect(await inside((trx) => bookRate(trx, 'r1', id))).toEqual({ state: 'accepted', version: 2 });
    expect(await versions()).toEqual([
      [1, 0],
      [2, 1500],
    ]);
    await books.clock(2000);
    const before = (await books.pool()).pool.reserve;
    await inside((trx) => advancePool(trx, POOL, 2000, { workflowId: 'accrual', key: 'accrual/rates' }));
    expect((await books.pool()).pool.reserve).toBeGreaterThan(before);
  });

  test('accepted when the clock has reached their epoch: too late, on record, nothing changed', async () => {
    await propose('r2', 2001);
    await books.clock(2001);
    const id = await agreed('a2', 'rate', 'r2', {});
    expect(await inside((trx) => bookRate(trx, 'r2', id))).toEqual({ state: 'too-late', version: null });
    expect(await stateOf('r2')).toBe('too-late');
    expect(await versions()).toHaveLength(2);
  });

  test.each([
    [2001, {}, 'rate-too-late'],
    [1500, {}, 'rate-too-late'],
    [3000, { kink: 0n }, 'rate-invalid'],
    [2_000_000_000, {}, 'rate-invalid'],
  ])('none from epoch %p with %p', async (fromEpoch, change, code) => {
    expect(await refusalOf(propose('bad', fromEpoch, { ...NEW_RATE, ...change }))).toBe(code);
    expect(await books.app('rate_proposal').where({ id: 'bad' })).toEqual([]);
  });

  test('no version without the approval of exactly its proposal; what was proposed never changes', async () => {
    await propose('r3', 9000);
    await agreed('a3', 'rate', 'r3', {});
    const row = {
      ...{ pool_id: POOL, version: 3, from_epoch: 9000, base: '0', slope1: '1', slope2: '1' },
      ...{ kink: percent(80).toString(), reserve_factor: '0', epochs_per_year: 1_051_200 },
    };
    await expect(books.app('rate_version').insert({ ...row, approval_id: 'a3' })).rejects.toThrow(
      /two people/,
    );
    await expect(books.app('rate_proposal').where({ id: 'r3' }).update({ base: '5' })).rejects.toThrow(
      /permission/,
    );
    await expect(books.owner('rate_proposal').where({ id: 'r3' }).update({ base: '5' })).rejects.toThrow(
      /does not change/,
    );
    await expect(books.owner('rate_proposal').where({ id: 'r3' }).delete()).rejects.toThrow(/append-only/);
  });
});

test('a preview and the yield of seven days come from what was recorded', async () => {
  const record = await readPool(books.app, POOL);
  if (record === null) throw new Error('no pool');
  const same = await ratePreview(books.app, record, record.rates[0] ?? NEW_RATE);
  expect([same.fromEpoch, same.toEpoch]).toEqual([1000, 2000]);
  expect(same.points.length).toBeGreaterThan(0);
  // Half of the time the rates were twice as high: what was is more than the old rates would have brought.
  expect(same.was.interest).toBeGreaterThan(same.would.interest);
  expect(same.would.interest).toBeGreaterThan(0n);
  const brought = await trailingYield(books.app, record);
  expect(brought).toMatchObject({ fromEpoch: 1000, toEpoch: 2000 });
  expect(brought?.growth).toBeGreaterThan(0n);
  expect(brought?.apr).toBeLessThan(percent(12));
});
