/** What is frozen, as /admin/v1/freezes gives it. */
import { API, request } from '../providers/request';

export type FreezeScope = 'payouts' | 'lending' | 'customer';

export interface Freeze {
  readonly id: string;
  readonly scope: FreezeScope;
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly cause: 'person' | 'reconciliation';
  readonly reason: string;
  readonly setBy: string | null;
  readonly setByEmail: string | null;
  readonly workflowId: string;
  readonly frozenAt: string;
  readonly liftedAt: string | null;
  readonly standing: boolean;
  readonly liftReason: string | null;
  /** By which it was lifted, or which waits for a second person. */
  readonly approvalId: string | null;
  /** Messages that are not signed because of it. */
  readonly waiting: number;
}

export const scopeNames: Readonly<Record<FreezeScope, string>> = {
  payouts: 'All payouts',
  lending: 'Lending',
  customer: 'One customer',
};

/** What it stops, for who is about to stop it; as in domain/freeze.ts. */
export const stops: Readonly<Record<FreezeScope, string>> = {
  payouts:
    'No withdrawal, no disbursement, no return of an owner role and no transfer to the cold address is signed.',
  lending: 'No loan is forwarded or approved and no disbursement is signed.',
  customer:
    'No withdrawal of the customer is signed, and nothing is lent to them or handed back to them as owner.',
};

export function whatOf({ scope, customerEmail, customerId }: Freeze): string {
  return scope === 'customer' ? `Customer ${customerEmail ?? customerId ?? ''}` : scopeNames[scope];
}

export function causeOf({ cause, setBy, setByEmail }: Freeze): string {
  return cause === 'reconciliation' ? 'a reconciliation' : (setByEmail ?? setBy ?? 'staff');
}

export const standingPath = `/freezes?filter=${encodeURIComponent(JSON.stringify({ standing: true }))}`;

/** All that is frozen now. */
export async function readStanding(signal: AbortSignal): Promise<readonly Freeze[]> {
  const filter = encodeURIComponent(JSON.stringify({ standing: true }));
  return (await request(`${API}/freezes?filter=${filter}`, { signal })).json as readonly Freeze[];
}
