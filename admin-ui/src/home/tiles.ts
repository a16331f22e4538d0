/** The counts of the home screen: each leads to the list where the work is done. */
import type { Count, Home } from './reads';

export interface Tile {
  readonly key: string;
  readonly label: string;
  readonly calm: string;
  readonly to: string;
  /** Red when not zero. */
  readonly urgent: boolean;
}

function listOf(resource: string, filter: Readonly<Record<string, unknown>>): string {
  return `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;
}

const tiles: readonly Tile[] = [
  {
    key: 'needsAction',
    label: 'Workflows that need action',
    calm: 'all run by themselves',
    to: listOf('workflows', { needsAction: true }),
    urgent: true,
  },
  {
    key: 'approvals',
    label: 'Approvals waiting',
    calm: 'nothing waits',
    to: listOf('approvals', { state: 'waiting' }),
    urgent: false,
  },
  {
    key: 'loansToForward',
    label: 'Loans to forward',
    calm: 'none in pre-flight',
    to: listOf('loans', { state: 'preflight' }),
    urgent: false,
  },
  {
    key: 'loansOverdue',
    label: 'Loans overdue',
    calm: 'none is late',
    to: listOf('loans', { state: 'overdue' }),
    urgent: true,
  },
  {
    key: 'messagesPending',
    label: 'Messages under way',
    calm: 'none on its way',
    to: '/messages',
    urgent: false,
  },
  {
    key: 'depositsPending',
    label: 'Deposits not yet final',
    calm: 'all are final',
    to: '/deposits',
    urgent: false,
  },
  {
    key: 'findings',
    label: 'Findings on chain',
    calm: 'nothing unexplained',
    to: listOf('workflows', { lifecycle: 'chain-watch' }),
    urgent: true,
  },
  {
    key: 'reconciliationBreaks',
    label: 'Reconciliation breaks',
    calm: 'books and chain agree',
    to: '/reconciliations',
    urgent: true,
  },
];

function countOf(value: unknown): Count | null {
  if (typeof value !== 'object' || value === null || !('count' in value)) return null;
  const { count } = value;
  const oldestAt = 'oldestAt' in value && typeof value.oldestAt === 'string' ? value.oldestAt : null;
  return typeof count === 'number' ? { count, oldestAt } : null;
}

/** The tiles for which the server gave a count. */
export function tilesOf(home: Home): (readonly [Tile, Count])[] {
  return tiles.flatMap((tile) => {
    const count = countOf(home[tile.key]);
    return count === null ? [] : [[tile, count] as const];
  });
}
