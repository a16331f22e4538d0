/** The counts of the home screen: each leads to the list where the work is done. */
import type { Permission } from '../providers/permission';
import type { Count, Home } from './reads';

export interface Tile {
  readonly key: string;
  readonly label: string;
  readonly calm: string;
  readonly to: string;
  /** Red when not zero. */
  readonly urgent: boolean;
  /** Whose work it is: one of these; empty where it is only to be known. */
  readonly work: readonly Permission[];
}

export interface Shown {
  readonly tile: Tile;
  readonly count: Count;
  /** It waits for the person who looks. */
  readonly mine: boolean;
}

function listOf(resource: string, filter: Readonly<Record<string, unknown>>): string {
  return `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;
}

const tiles: readonly Tile[] = [
  {
    key: 'loansOverdue',
    label: 'Loans overdue',
    calm: 'none is late',
    to: listOf('loans', { state: 'overdue' }),
    urgent: true,
    work: ['workflow:help'],
  },
  {
    key: 'findings',
    label: 'Findings on chain',
    calm: 'nothing unexplained',
    to: listOf('findings', { open: true }),
    urgent: true,
    work: ['reconciliation:run'],
  },
  {
    key: 'reconciliationBreaks',
    label: 'Reconciliation breaks',
    calm: 'books and chain agree',
    to: listOf('reconciliations', { outcome: 'broken' }),
    urgent: true,
    work: ['reconciliation:run'],
  },
  {
    key: 'freezes',
    label: 'Frozen',
    calm: 'nothing is stopped',
    to: listOf('freezes', { standing: true }),
    urgent: true,
    work: ['freeze:lift'],
  },
  {
    key: 'sendersFrozen',
    label: 'Senders frozen',
    calm: 'all may sign',
    to: listOf('senders', { mode: ['frozen', 'draining'] }),
    urgent: true,
    work: ['workflow:help'],
  },
  {
    key: 'collateralAlerts',
    label: 'Alerts on collateral',
    calm: 'all miners are as they should be',
    to: listOf('miners', { watched: true }),
    urgent: true,
    work: ['workflow:help'],
  },
  {
    key: 'loansToForward',
    label: 'Loans to forward',
    calm: 'none in pre-flight',
    to: listOf('loans', { state: 'preflight' }),
    urgent: false,
    work: ['loan:forward'],
  },
  {
    key: 'offersEnding',
    label: 'Escrow offers running out',
    calm: 'none is near its end',
    to: listOf('loans', { state: 'escrow_offered' }),
    urgent: false,
    work: ['workflow:help'],
  },
  {
    key: 'ownersReturning',
    label: 'Owners to be taken back',
    calm: 'no borrower is awaited',
    to: listOf('loans', { state: 'returning' }),
    urgent: false,
    work: [],
  },
  {
    key: 'depositsReorged',
    label: 'Arrivals lost in a reorg',
    calm: 'none is missing',
    to: listOf('deposits', { state: 'orphaned' }),
    urgent: false,
    work: [],
  },
  {
    key: 'depositsPending',
    label: 'Deposits not yet final',
    calm: 'all are final',
    to: listOf('deposits', { state: 'seen' }),
    urgent: false,
    work: [],
  },
  {
    key: 'messagesPending',
    label: 'Messages under way',
    calm: 'none on its way',
    to: listOf('messages', { state: ['draft', 'signed', 'pushed', 'included'] }),
    urgent: false,
    work: [],
  },
];

export function countOf(value: unknown): Count | null {
  if (typeof value !== 'object' || value === null || !('count' in value)) return null;
  const { count } = value;
  const oldestAt = 'oldestAt' in value && typeof value.oldestAt === 'string' ? value.oldestAt : null;
  return typeof count === 'number' ? { count, oldestAt } : null;
}

/** The tiles for which the server gave a count: what waits for this person first, then the rest that is not zero. */
export function tilesOf(home: Home, permissions: readonly string[]): Shown[] {
  const shown = tiles.flatMap((tile): Shown[] => {
    const count = countOf(home[tile.key]);
    return count === null
      ? []
      : [{ tile, count, mine: tile.work.some((permission) => permissions.includes(permission)) }];
  });
  const rank = ({ count: { count }, mine, tile }: Shown): number =>
    count === 0 ? 3 : mine && tile.urgent ? 0 : mine ? 1 : 2;
  return shown
    .map((item, index) => ({ item, index }))
    .sort((a, b) => rank(a.item) - rank(b.item) || a.index - b.index)
    .map(({ item }) => item);
}

/** The approvals tile: those of the person where the role decides any, else all. */
export function approvalTile(home: Home): Shown | null {
  const { approvals } = home;
  const all = countOf(approvals);
  if (all === null || !approvals) return null;
  const mine = countOf(approvals.mine) ?? { count: 0, oldestAt: null };
  const { kinds } = approvals;
  const decides = kinds.length > 0;
  const others = all.count - mine.count;
  const calm = all.count === 0 ? 'nothing waits' : `${others} for others`;
  const tile: Tile = {
    key: 'approvals',
    label: decides ? 'Approvals for you' : 'Approvals waiting',
    calm,
    to: listOf('approvals', decides ? { state: 'waiting', kind: kinds } : { state: 'waiting' }),
    urgent: false,
    work: [],
  };
  return { tile, count: decides ? mine : all, mine: decides };
}
