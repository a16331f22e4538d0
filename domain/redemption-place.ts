/**
 * What was given up before a place in the queue, in a bounded number of rows: a Fenwick tree over the numbers (from 0) of
 * the requests. A node sums the numbers of a stretch that ends at it; any prefix is the sum of at most 32 nodes.
 */

/** Numbers below it have a place in the tree. */
const MOST = 2n ** 32n;

const lowest = (node: bigint): bigint => node & -node;

/** The nodes that count request number `ordinal`: at most 33. */
export function nodesOf(ordinal: number): number[] {
  const nodes: number[] = [];
  for (let node = BigInt(ordinal) + 1n; node <= MOST; node += lowest(node)) nodes.push(Number(node));
  return nodes;
}

/** The nodes whose sum is that of all numbers below `ordinal`: at most 32. */
export function nodesBefore(ordinal: number): number[] {
  const nodes: number[] = [];
  for (let node = BigInt(ordinal); node > 0n; node -= lowest(node)) nodes.push(Number(node));
  return nodes;
}
