/** One reading for a crowd; the limit on open calls; both without a server. */
import { makeFresh, makeShelf, writtenOf } from '../../api/fresh';
import { makeLimiter, networkOf } from '../../api/open';

test('a crowd costs one making; later, one look at the key; a new key, one making more', async () => {
  let [clock, key, looks, made] = [0, 'a', 0, 0];
  const fresh = makeFresh({
    key: () => Promise.resolve((looks += 1) > 0 ? key : ''),
    make: () => Promise.resolve((made += 1)),
    everyMs: 1_000,
    now: () => clock,
  });
  expect(new Set(await Promise.all(Array.from({ length: 200 }, () => fresh())))).toEqual(new Set([1]));
  expect([looks, made]).toEqual([1, 1]);
  clock = 999;
  key = 'b';
  expect([await fresh(), looks]).toEqual([1, 1]);
  clock = 1_000;
  expect([await fresh(), looks, made]).toEqual([2, 2, 2]);
  clock = 5_000;
  expect([await fresh(), looks, made]).toEqual([2, 3, 2]);
});

test('a making that fails fails for those who waited, and the next one asks anew', async () => {
  let fails = true;
  const fresh = makeFresh({
    key: () => Promise.resolve('k'),
    make: () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve('there')),
  });
  const crowd = await Promise.allSettled([fresh(), fresh()]);
  expect(crowd.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await fresh()).toBe('there');
});

test('a tag is that of the text; a shelf lets the one go that was asked for longest ago', () => {
  expect(writtenOf({ a: 1 }).etag).toBe(writtenOf({ a: 1 }).etag);
  expect(writtenOf({ a: 1 }).etag).not.toBe(writtenOf({ a: 2 }).etag);
  expect(writtenOf({ a: 1 }).etag).toMatch(/^"[\w-]{24}"$/);
  const made: string[] = [];
  const shelf = makeShelf(2, (name) => made.push(name));
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) shelf(name);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

test('so many tries a window for each, and one count for those beyond the memory', () => {
  let clock = 0;
  const limiter = makeLimiter({ tries: 2, windowMs: 60_000, most: 2 }, () => clock);
  expect([limiter('a'), limiter('a'), limiter('b')]).toEqual([null, null, null]);
  clock = 30_500;
  expect(limiter('a')).toBe(30);
  expect([limiter('c'), limiter('d'), limiter('e')]).toEqual([null, null, 30]);
  clock = 60_000;
  expect(limiter('a')).toBeNull();
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s is of the network %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
