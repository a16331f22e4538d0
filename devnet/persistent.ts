/**
 * An immutable map: `set` shares all but the path to the changed leaf, so that every tipset can keep its own
 * state for the price of what it changed. A trie of 32 branches over a 32-bit hash of the key.
 */
export interface PersistentMap<V> {
  readonly size: number;
  readonly root: Branch<V>;
}

interface Leaf<V> {
  readonly entries: readonly (readonly [string, V])[];
}
interface Branch<V> {
  readonly children: readonly (Branch<V> | Leaf<V> | undefined)[];
}

const WIDTH = 32;
const LAST_SHIFT = 30;
const LEAF_MAX = 8;

function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export const emptyMap = <V>(): PersistentMap<V> => ({ size: 0, root: { children: [] } });

export function mapGet<V>(map: PersistentMap<V>, key: string): V | undefined {
  const hash = hashOf(key);
  let node: Branch<V> | Leaf<V> | undefined = map.root;
  for (let shift = 0; node !== undefined; shift += 5) {
    if ('entries' in node) return node.entries.find(([held]) => held === key)?.[1];
    node = node.children[(hash >>> shift) & 31];
  }
  return undefined;
}

function put<V>(
  node: Branch<V> | Leaf<V> | undefined,
  hash: number,
  shift: number,
  key: string,
  value: V,
): Branch<V> | Leaf<V> {
  if (node === undefined) return { entries: [[key, value]] };
  if ('entries' in node) {
    const entries = [...node.entries.filter(([held]) => held !== key), [key, value] as const];
    if (entries.length <= LEAF_MAX || shift > LAST_SHIFT) return { entries };
    let split: Branch<V> | Leaf<V> = { children: [] };
    for (const [held, its] of entries) split = put(split, hashOf(held), shift, held, its);
    return split;
  }
  const at = (hash >>> shift) & 31;
  const children = Array.from({ length: WIDTH }, (_, i) => node.children[i]);
  children[at] = put(children[at], hash, shift + 5, key, value);
  return { children };
}

export function mapSet<V>(map: PersistentMap<V>, key: string, value: V): PersistentMap<V> {
  const known = mapGet(map, key) !== undefined;
  const root = put(map.root, hashOf(key), 0, key, value);
  return 'entries' in root ? map : { size: map.size + (known ? 0 : 1), root };
}

/** All entries, in no particular order. */
export function* mapEntries<V>(map: PersistentMap<V>): Generator<readonly [string, V]> {
  const open: (Branch<V> | Leaf<V>)[] = [map.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('entries' in node) yield* node.entries;
    else for (const child of node.children) if (child !== undefined) open.push(child);
  }
}

/** The entries of `after` that `before` has not, found without looking into what they share. */
export function* mapChanges<V>(
  before: PersistentMap<V> | null,
  after: PersistentMap<V>,
): Generator<readonly [string, V]> {
  type Pair = readonly [Branch<V> | Leaf<V> | undefined, Branch<V> | Leaf<V>];
  const open: Pair[] = [[before?.root, after.root]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [old, node] = pair;
    if (old === node) continue;
    if ('entries' in node) {
      for (const [key, value] of node.entries) {
        if (before === null || mapGet(before, key) !== value) yield [key, value];
      }
    } else {
      const sides = old !== undefined && 'children' in old ? old.children : [];
      for (const [i, child] of node.children.entries()) if (child !== undefined) open.push([sides[i], child]);
    }
  }
}
