/** The line before the engine: so many at a time, in order, nobody forgotten, nobody waiting for ever. */
import { makeGate } from '../../api/gate';

/** Work that ends when it is told to. */
function aWork() {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const work = (n: number) => () => {
    begun.push(n);
    return new Promise<number>((resolve) => ends.set(n, () => resolve(n)));
  };
  return { begun, work, end: (n: number) => ends.get(n)?.() };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('lets in so many, the others in the order in which they came', async () => {
  const gate = makeGate({ places: 2, patienceMs: 60_000 });
  const { begun, work, end } = aWork();
  const all = [0, 1, 2, 3].map((n) => gate(work(n)));
  await turn();
  expect(begun).toEqual([0, 1]);
  end(1);
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  end(0);
  await turn();
  end(2);
  end(3);
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  expect(begun).toEqual([0, 1, 2, 3]);
});

test('a place that failed is free again, and so is one that nobody waited for', async () => {
  const gate = makeGate({ places: 1, patienceMs: 60_000 });
  const failing = gate(() => Promise.reject(new Error('no')));
  const next = gate(() => Promise.resolve('in'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('in');
  expect(await gate(() => Promise.resolve('again'))).toBe('again');
});

test('who waits too long is told so and has begun nothing; the place goes to the next', async () => {
  const gate = makeGate({ places: 1, patienceMs: 20 });
  const { begun, work, end } = aWork();
  const first = gate(work(0));
  await expect(gate(work(1))).rejects.toMatchObject({ code: 'service-unavailable' });
  end(0);
  expect(await first).toBe(0);
  expect(begun).toEqual([0]);
  expect(await gate(() => Promise.resolve('in'))).toBe('in');
});
