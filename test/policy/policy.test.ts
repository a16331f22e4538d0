/** Policies as data: what is taken for one, and what the table holds. */
import { readPolicy } from '../../db/policy';
import { coins } from '../../domain/money';
import { parsePolicy } from '../../domain/policy';
import { openBooks, type Books } from '../pool/books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

const MARKS = { hotLow: '0', hotHigh: coins(9n).toString() };

test('values are read by their unit, and every fault is named', () => {
  expect(parsePolicy('custody', MARKS)).toEqual({ policy: { hotLow: 0n, hotHigh: coins(9n) } });
  expect(parsePolicy('custody', { hotLow: '01', colour: 'red' })).toEqual({
    faults: ['colour', 'hotLow', 'hotHigh'],
  });
  const above = (10n ** 27n + 1n).toString();
  expect(parsePolicy('liquidity-reserve', { share: above })).toEqual({ faults: ['share'] });
});

test.each([
  ['withdrawal', ''],
  ['custody', ''],
  ['liquidity-reserve', 'flexible'],
] as const)('the platform comes with a policy %s', async (kind, subject) => {
  expect((await readPolicy(books.app, kind, subject)).version).toBe(1);
});

test('a version changes by two people only, one after the other, and for good', async () => {
  const write = (version: number, approvalId: string | null) =>
    books.app('policy_version').insert({
      kind: 'custody',
      subject: '',
      version,
      content: JSON.stringify(MARKS),
      approval_id: approvalId,
    });
  await expect(write(2, null)).rejects.toThrow(/check constraint/);
  await expect(write(3, null)).rejects.toThrow(/goes on from its last version/);
  await expect(write(2, 'nobody')).rejects.toThrow(/by two people only/);
  await expect(books.app('policy_version').update({ content: '{}' })).rejects.toThrow(/permission denied/);
  await expect(books.owner('policy_version').delete()).rejects.toThrow(/append-only/);
  expect((await readPolicy(books.app, 'custody')).version).toBe(1);
});
