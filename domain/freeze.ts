/**
 * A freeze: one person stops what leaves the platform, two people let it go on. Migration 0034 holds the same table of
 * what each scope stops, where the signer and the database look it up; test/freeze holds the two together.
 */
import type { RefusalCode } from './refusal';

export const FREEZE_SCOPES = ['payouts', 'lending', 'customer'] as const;

/** `payouts`: all by which money or security leaves. `customer`: what leaves for one customer. `lending`: new lending. */
export type FreezeScope = (typeof FREEZE_SCOPES)[number];

/** What people or workflows begin anew, and may not while it is frozen. */
export type FreezeRequest = 'withdrawal' | 'loan' | 'to-cold';

interface Stopped {
  /** Kinds of on-chain messages that are not signed: the first attempt and every dearer one. */
  readonly messages: readonly string[];
  /** What is refused where it would begin something new. What is under way waits, and goes on when it is lifted. */
  readonly requests: readonly FreezeRequest[];
  readonly code: RefusalCode;
}

/** The one table of what is stopped. Redemptions, repayments, sweeps and deposits go on under every scope. */
export const STOPS: Readonly<Record<FreezeScope, Stopped>> = {
  payouts: {
    messages: ['withdraw', 'disburse', 'owner-propose', 'to-cold'],
    requests: ['withdrawal', 'to-cold'],
    code: 'payouts-frozen',
  },
  lending: { messages: ['disburse'], requests: ['loan'], code: 'lending-frozen' },
  customer: {
    messages: ['withdraw', 'disburse', 'owner-propose'],
    requests: ['withdrawal', 'loan'],
    code: 'customer-frozen',
  },
};

/** Who put it in force: one of staff, or a reconciliation that found what nothing explains. */
export type FreezeCause = 'person' | 'reconciliation';

/** A freeze as it is asked for; the start of `freeze/<id>`. */
export interface FreezeRequested {
  readonly id: string;
  readonly scope: FreezeScope;
  /** Whose, where the scope is `customer`; else null. */
  readonly customerId: string | null;
  readonly reason: string;
  /** Who freezes; null where a reconciliation does. */
  readonly actor: { readonly id: string; readonly role: string } | null;
}

/** What is frozen, as people read it. */
export function frozenWhat(scope: FreezeScope, customerId: string | null): string {
  if (scope === 'customer') return `What leaves for customer ${customerId ?? '?'} is frozen`;
  return scope === 'payouts' ? 'All payouts are frozen' : 'Lending is frozen';
}

/** The scopes that refuse a request; `customer` only where it is that customer's. */
export function scopesRefusing(request: FreezeRequest): FreezeScope[] {
  return FREEZE_SCOPES.filter((scope) => STOPS[scope].requests.includes(request));
}
