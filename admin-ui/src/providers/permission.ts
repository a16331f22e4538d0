/** What the session's permissions open. The server enforces the same table again; here it only hides. */

/** As in domain/permission.ts; the session names those that the role holds. */
export type Permission =
  | 'read'
  | 'loan:open-by-email'
  | 'loan:forward'
  | 'loan:extend'
  | 'loan:disburse'
  | 'alert:acknowledge'
  | 'approval:decide-onboarding'
  | 'approval:decide-loan'
  | 'approval:decide-top-up'
  | 'approval:decide-help'
  | 'approval:decide-unfreeze'
  | 'approval:decide-resolution'
  | 'assignment:ask'
  | 'freeze:set'
  | 'freeze:lift'
  | 'comparison:propose'
  | 'approval:decide-rate'
  | 'approval:decide-policy'
  | 'policy:propose'
  | 'rate:propose'
  | 'remedy:ask'
  | 'top-up:announce'
  | 'reconciliation:run'
  | 'schedule:steer'
  | 'withdrawal:stop'
  | 'workflow:help';

const resources: ReadonlySet<string> = new Set([
  'approvals',
  'customers',
  'deposits',
  'positions',
  'redemptions',
  'withdrawals',
  'withdrawal-addresses',
  'pools',
  'comparisons',
  'figures',
  'rates',
  'rate-proposals',
  'policies',
  'loans',
  'email-applications',
  'repayments',
  'miners',
  'alerts',
  'messages',
  'senders',
  'sweeps',
  'top-ups',
  'freezes',
  'suspense-arrivals',
  'custody-transfers',
  'reconciliations',
  'findings',
  'journals',
  'accounts',
  'trial-balance',
  'workflows',
  'schedules',
  'history-exports',
  'refusals',
]);

export function holds(permissions: readonly string[], permission: Permission): boolean {
  return permissions.includes(permission);
}

/** Pages and built-in buttons: known resources may be read by readers; whatever else is asked for is denied. */
export function opens(permissions: readonly string[], resource: string, action: string): boolean {
  if (resource === 'email-applications' && action === 'create')
    return holds(permissions, 'loan:open-by-email');
  if (resource === 'comparisons' && action === 'create') return holds(permissions, 'comparison:propose');
  const reading = action === 'list' || action === 'show';
  return reading && resources.has(resource) && holds(permissions, 'read');
}
