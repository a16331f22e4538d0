/** Differences between chain and books, by class: what a tipset did to an address and the books do not show. */

/** From the most harmless to what nobody can explain. */
export const DIFFERENCE_CLASSES = [
  'matched',
  'gas',
  'unseen-deposit',
  'internal-transfer',
  'foreign-use',
  'unknown',
] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

/** What the chain did to one address of ours in one tipset, attoFIL; negative where it left. */
export interface Effect {
  readonly kind: 'gas' | 'arrival' | 'moved' | 'foreign';
  readonly cid: string;
  readonly amount: bigint;
}

const CLASS_OF: Readonly<Record<Effect['kind'], DifferenceClass>> = {
  gas: 'gas',
  arrival: 'unseen-deposit',
  moved: 'internal-transfer',
  foreign: 'foreign-use',
};

/** Payouts stop: the chain shows nothing that accounts for it, or shows that somebody else holds a key. */
export const stopsPayouts = (one: DifferenceClass): boolean => one === 'unknown' || one === 'foreign-use';

/** The gravest of some; `matched` of none. */
export function gravest(classes: readonly DifferenceClass[]): DifferenceClass {
  const rank = Math.max(0, ...classes.map((one) => DIFFERENCE_CLASSES.indexOf(one)));
  return DIFFERENCE_CLASSES[rank] ?? 'unknown';
}

const total = (effects: readonly Effect[]): bigint => effects.reduce((sum, { amount }) => sum + amount, 0n);

function groupedBy(effects: readonly Effect[], keyOf: (effect: Effect) => string): Effect[][] {
  const groups = new Map<string, Effect[]>();
  for (const effect of effects) groups.set(keyOf(effect), [...(groups.get(keyOf(effect)) ?? []), effect]);
  return [...groups.values()];
}

export interface Explained {
  readonly class: DifferenceClass;
  /** The messages that account for it; none where nothing does. */
  readonly cids: readonly string[];
}

/**
 * What the books lack of one tipset: `missing` (chain less books, attoFIL) is explained only where some of the effects
 * are it exactly: one alone, all of a message, all of a kind, or all together.
 */
export function classify(missing: bigint, effects: readonly Effect[]): Explained {
  if (missing === 0n) return { class: 'matched', cids: [] };
  const candidates = [
    ...effects.map((effect) => [effect]),
    ...groupedBy(effects, ({ cid }) => cid),
    ...groupedBy(effects, ({ kind }) => kind),
    [...effects],
  ];
  const found = candidates.find((some) => some.length > 0 && total(some) === missing);
  if (found === undefined) return { class: 'unknown', cids: [] };
  return {
    class: gravest(found.map(({ kind }) => CLASS_OF[kind])),
    cids: [...new Set(found.map(({ cid }) => cid))],
  };
}
