/** The way of the owner role through a loan; imports nothing, as the root's tests take it as it is. */

interface Entered {
  readonly state: string;
  readonly at: string;
  readonly epoch: number | null;
  readonly messageId: string | null;
}

export interface Visit {
  readonly at: string;
  readonly epoch: number | null;
  readonly messageId: string | null;
}

export interface Place {
  /** State of the loan. */
  readonly state: string;
  readonly label: string;
  readonly column: number;
  readonly row: 0 | 1;
}

/** Columns from left to right in the order of a loan that goes well; the ways out below. */
export const places: readonly Place[] = [
  { state: 'approved', label: 'Approved', column: 0, row: 0 },
  { state: 'escrow_offered', label: 'Offered', column: 1, row: 0 },
  { state: 'escrow_proposed', label: 'Proposed', column: 2, row: 0 },
  { state: 'escrow_confirmed', label: 'Confirmed', column: 3, row: 0 },
  { state: 'disbursing', label: 'Disbursing', column: 4, row: 0 },
  { state: 'active', label: 'Active', column: 5, row: 0 },
  { state: 'settled', label: 'Settled', column: 6, row: 0 },
  { state: 'returning', label: 'Returning', column: 7, row: 0 },
  { state: 'closed', label: 'Closed', column: 8, row: 0 },
  { state: 'expired', label: 'Offer expired', column: 1, row: 1 },
  { state: 'cancelled', label: 'Cancelled', column: 2, row: 1 },
  { state: 'overdue', label: 'Overdue', column: 5, row: 1 },
  // The same end, after the owner role went back: drawn where its way leads.
  { state: 'cancelled/returned', label: 'Turned back', column: 8, row: 1 },
];

export type Edge = readonly [from: string, to: string];

export const edges: readonly Edge[] = [
  ['approved', 'escrow_offered'],
  ['approved', 'cancelled'],
  ['escrow_offered', 'escrow_proposed'],
  ['escrow_offered', 'expired'],
  ['escrow_offered', 'cancelled'],
  ['escrow_proposed', 'escrow_confirmed'],
  ['escrow_proposed', 'escrow_offered'],
  ['escrow_proposed', 'cancelled'],
  ['escrow_confirmed', 'disbursing'],
  ['escrow_confirmed', 'returning'],
  ['disbursing', 'active'],
  ['disbursing', 'returning'],
  ['active', 'overdue'],
  ['active', 'settled'],
  ['overdue', 'active'],
  ['overdue', 'settled'],
  ['settled', 'returning'],
  ['returning', 'closed'],
  ['returning', 'cancelled/returned'],
];

/** What may still come from a state, in words; the same facts as the dashed lines. */
const out: Readonly<Record<string, string>> = {
  approved: 'The signer makes an escrow address, and the offer follows; staff may still cancel.',
  escrow_offered:
    'The borrower proposes our escrow as owner; if not in time, the offer expires and nothing was lent.',
  escrow_proposed:
    'We confirm once the proposal is final; if the borrower takes it back, the offer stands again.',
  escrow_confirmed: 'The miner is checked under our ownership; if it fails, the owner role goes back unlent.',
  disbursing: 'The FIL goes into the miner; if that cannot be, the owner role goes back.',
  active: 'The debt is paid, or it is overdue at maturity; only then does the owner role move again.',
  overdue: 'All income of the miner repays the debt; the owner role stays here until it is zero.',
  settled: "We propose the borrower's owner again.",
  returning: 'The borrower confirms on chain; until then the owner role stays with our escrow.',
};

export interface Journey {
  /** Where the loan stands, as a place. */
  readonly now: string | null;
  readonly visits: ReadonlyMap<string, Visit>;
  /** Travelled edges as `from>to`. */
  readonly travelled: ReadonlySet<string>;
  /** The hops in their order. */
  readonly hops: readonly { readonly from: string | null; readonly to: string; readonly visit: Visit }[];
  readonly next: string | null;
}

const drawn: ReadonlySet<string> = new Set(places.map(({ state }) => state));

export const edgeName = ([from, to]: Edge): string => `${from}>${to}`;

function placeOf(state: string, before: string | null): string {
  return state === 'cancelled' && before === 'returning' ? 'cancelled/returned' : state;
}

/** The first evidence of being in a state: its own epoch and message where a step names them. */
function visitOf(steps: readonly Entered[]): Visit | null {
  const [first] = steps;
  if (!first) return null;
  const { at, epoch, messageId } = first;
  return { at, epoch, messageId };
}

/** What of the picture a loan has travelled, by its steps. A loan that never was approved travelled nothing. */
export function journeyOf(steps: readonly Entered[]): Journey {
  const visits = new Map<string, Visit>();
  const travelled = new Set<string>();
  const hops: { from: string | null; to: string; visit: Visit }[] = [];
  let now: string | null = null;
  for (const [index, step] of steps.entries()) {
    const place = placeOf(step.state, now);
    if (!drawn.has(place) || place === now || (now === null && place !== 'approved')) continue;
    const visit = visitOf(steps.slice(index));
    if (visit === null) continue;
    if (now !== null) travelled.add(edgeName([now, place]));
    hops.push({ from: now, to: place, visit });
    visits.set(place, visit);
    now = place;
  }
  return { now, visits, travelled, hops, next: now === null ? null : (out[now] ?? null) };
}

/** Whom the miner belongs to in each column. */
export const owners = [
  { from: 0, to: 2, whose: 'borrower' },
  { from: 3, to: 7, whose: 'escrow' },
  { from: 8, to: 8, whose: 'borrower again' },
] as const;

export function labelOf(state: string): string {
  return places.find((place) => place.state === state)?.label ?? state;
}
