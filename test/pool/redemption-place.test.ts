/** Sums over the queue by a bounded number of nodes, against plain addition. */
import fc from 'fast-check';
import { nodesBefore, nodesOf } from '../../domain/redemption-place';

test('any prefix is the sum of what was added below it', () => {
  const ordinal = fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 2 ** 32 - 2 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(ordinal, fc.nat(1_000)), { maxLength: 60 }), ordinal, (added, until) => {
      const tree = new Map<number, number>();
      for (const [at, amount] of added)
        for (const node of nodesOf(at)) tree.set(node, (tree.get(node) ?? 0) + amount);
      const sum = nodesBefore(until).reduce((all, node) => all + (tree.get(node) ?? 0), 0);
      expect(sum).toBe(added.filter(([at]) => at < until).reduce((all, [, amount]) => all + amount, 0));
    }),
    { numRuns: 500 },
  );
});

test('however long the queue, a place is a handful of rows', () => {
  for (const at of [0, 1, 99_999, 2 ** 31, 2 ** 32 - 2]) {
    expect(nodesOf(at).length).toBeLessThanOrEqual(33);
    expect(nodesBefore(at).length).toBeLessThanOrEqual(32);
  }
});
