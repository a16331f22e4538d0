/** The way of an arrival; imports nothing, as the root's tests take it as it is. */

interface Arrival {
  readonly state: string;
  readonly seenAt: string;
  readonly finalAt: string | null;
  readonly reorgedAt: string | null;
}

type Stand = 'done' | 'now' | 'ahead' | 'stopped';

interface Stage {
  readonly key: string;
  readonly label: string;
  readonly stand: Stand;
  readonly at: string | undefined;
}

const middle: Readonly<Record<string, readonly [label: string, stand: Stand]>> = {
  seen: ['Confirming', 'now'],
  orphaned: ['Lost in a reorg', 'stopped'],
  replaced: ['Replaced on chain', 'stopped'],
  final: ['Confirmed', 'done'],
};

/** Seen, confirmed (or lost), booked. */
export function trackOf({ state, seenAt, finalAt, reorgedAt }: Arrival): Stage[] {
  const [label, stand] = middle[state] ?? ['Confirming', 'now'];
  const booked = state === 'final';
  return [
    { key: 'seen', label: 'Seen on chain', stand: 'done', at: seenAt },
    { key: 'confirming', label, stand, at: stand === 'stopped' ? (reorgedAt ?? undefined) : undefined },
    { key: 'booked', label: 'Final and booked', stand: booked ? 'done' : 'ahead', at: finalAt ?? undefined },
  ];
}
