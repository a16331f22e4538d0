import type { Tipset } from './tipset';

/** The branch of the head, by height, with holes at null rounds: any height is found at once. */
export interface Branch {
  readonly has: (t: Tipset) => boolean;
  /** The tipset at the height on the branch of `from`, or the last one before a null round. */
  readonly atOrBefore: (height: number, from: Tipset) => Tipset;
  /** The tipset at the height on the branch of `from`, or the first one after a null round. */
  readonly atOrAfter: (height: number, from: Tipset) => Tipset;
  readonly grow: (t: Tipset) => void;
  readonly cutTo: (t: Tipset) => void;
}

export function makeBranch(genesis: Tipset): Branch {
  let held: (Tipset | undefined)[] = [genesis];
  const has = (t: Tipset): boolean => held[t.height] === t;

  function lastUpTo(height: number): Tipset {
    for (let h = height; h >= 0; h--) {
      const found = held[h];
      if (found !== undefined) return found;
    }
    return genesis;
  }

  return {
    has,
    atOrBefore: (height, from) => {
      let t = from;
      while (t.height > height && !has(t) && t.parent !== null) t = t.parent;
      return t.height <= height ? t : lastUpTo(height);
    },
    atOrAfter: (height, from) => {
      let t = from;
      while (t.parent !== null && t.parent.height >= height && !has(t)) t = t.parent;
      if (!has(t)) return t;
      for (let h = height; h < t.height; h++) {
        const found = held[h];
        if (found !== undefined) return found;
      }
      return t;
    },
    grow: (t) => {
      held[t.height] = t;
    },
    cutTo: (t) => {
      held = held.slice(0, t.height + 1);
    },
  };
}
