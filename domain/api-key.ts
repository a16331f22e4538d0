/** What an API key may do: one table for the routes that ask for a scope and for the people who grant it. */

export const SCOPES = {
  'account:read': 'See the account, its balances, deposits and positions',
  'pool:deposit': 'Move available FIL into a pool',
  'pool:redeem': 'Move FIL out of a pool, back to the account',
  'loan:read': 'See loans, their progress and payoff quotes',
  'loan:apply': 'Ask for challenges and apply for loans',
  'loan:repay': 'Repay loans',
  'withdrawal:place': 'Move FIL off the platform, to addresses that you listed yourself',
} as const satisfies Record<string, string>;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

/** Where a key stands: `expired` and `revoked` open nothing. */
export type ApiKeyState = 'live' | 'expired' | 'revoked';

/** Live keys that one customer may have at a time. */
export const MOST_LIVE_KEYS = 20;

/** Every key begins so: a leaked one is found by searching for it, and it is never taken for a session's token. */
export const API_KEY_PREFIX = 'lsk_';
