/** The journal that makes a reconciliation's differences vanish. */
import { API, request } from '../providers/request';
import type { Reconciliation, ReconciliationItem } from '../reconciliation/reconciliation';

export interface CorrectionLine {
  readonly side: 'debit' | 'credit';
  readonly code: string;
  readonly owner: string;
  /** atto, decimal text */
  readonly amount: string;
}

/** Where the other side of a correction may go, as domain/correction.ts allows. */
export const counterAccounts: Readonly<Record<string, string>> = {
  'suspense.unidentified': 'Suspense: nobody knows whose it is',
  'customer.available': 'A customer',
  equity: 'Equity: the platform’s own',
  'gas.expense': 'Gas',
  'writeoff.expense': 'Write-off: it is lost',
  'fee.income': 'Fees',
};

/** The newest run, with all its addresses; null before the first. */
export async function readNewestRun(signal: AbortSignal): Promise<Reconciliation | null> {
  const list = await request(`${API}/reconciliations?range=[0,0]&sort=["createdAt","DESC"]`, { signal });
  const [newest] = list.json as readonly Reconciliation[];
  if (newest === undefined) return null;
  const one = await request(`${API}/reconciliations/${encodeURIComponent(newest.id)}`, { signal });
  return one.json as Reconciliation;
}

export const breaksOf = (run: Reconciliation | null): readonly ReconciliationItem[] =>
  (run?.items ?? []).filter(({ diff }) => diff !== '0');

/** Two lines for each difference: the address takes what the chain says, the other account the rest. */
export function linesFor(
  items: readonly ReconciliationItem[],
  counter: { readonly code: string; readonly owner: string },
): readonly CorrectionLine[] {
  return items.flatMap(({ address, kind, diff }): CorrectionLine[] => {
    const more = !diff.startsWith('-');
    const amount = more ? diff : diff.slice(1);
    return [
      { side: more ? 'debit' : 'credit', code: `custody.${kind}`, owner: address, amount },
      { side: more ? 'credit' : 'debit', ...counter, amount },
    ];
  });
}
