/**
 * Who may do what. One table for the API (which enforces it), the workflows (which check deciders again) and the
 * admin UI (which hides what would be refused; it receives its row through GET /admin/v1/session).
 */

export const ROLES = ['operator', 'checker', 'risk', 'treasurer', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const EVERYONE: readonly Role[] = ROLES;

/** `read` is every staff role: an auditor reads all and changes nothing. */
export const PERMISSIONS = {
  read: EVERYONE,
  'loan:open-by-email': ['operator', 'admin'],
  'loan:forward': ['operator', 'admin'],
  'loan:extend': ['operator', 'admin'],
  'loan:disburse': ['operator', 'admin'],
  /** Any of those below; which one an approval takes is its kind's matter. */
  'approval:decide': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-onboarding': ['checker', 'risk', 'admin'],
  'approval:decide-loan': ['checker', 'risk', 'admin'],
  'approval:decide-loan-extension': ['checker', 'risk', 'admin'],
  'approval:decide-loan-disbursement': ['checker', 'risk', 'admin'],
  'approval:decide-top-up': ['checker', 'treasurer', 'admin'],
  'approval:decide-help': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-unfreeze': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-resolution': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-withdrawal': ['checker', 'treasurer', 'admin'],
  'approval:decide-lift': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-assignment': ['checker', 'treasurer', 'admin'],
  'approval:decide-to-cold': ['checker', 'treasurer', 'admin'],
  'approval:decide-rate': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-policy': ['checker', 'risk', 'treasurer', 'admin'],
  'approval:decide-comparison': ['checker', 'risk', 'admin'],
  'assignment:ask': ['operator', 'treasurer', 'admin'],
  'freeze:set': ['operator', 'checker', 'risk', 'treasurer', 'admin'],
  'freeze:lift': ['operator', 'checker', 'risk', 'treasurer', 'admin'],
  'comparison:propose': ['operator', 'risk', 'admin'],
  'policy:propose': ['risk', 'treasurer', 'admin'],
  'rate:propose': ['risk', 'treasurer', 'admin'],
  'remedy:ask': ['operator', 'risk', 'treasurer', 'admin'],
  'alert:acknowledge': ['operator', 'risk', 'treasurer', 'admin'],
  'top-up:announce': ['treasurer', 'admin'],
  'reconciliation:run': ['operator', 'treasurer', 'admin'],
  'schedule:steer': ['operator', 'admin'],
  /** Gives a customer's money back before it is signed, or takes an address off a list. */
  'withdrawal:stop': ['operator', 'treasurer', 'admin'],
  'workflow:help': ['operator', 'treasurer', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Denies what is not listed. */
export function mayDo(role: string, permission: Permission): boolean {
  return PERMISSIONS[permission].some((allowed: Role) => allowed === role);
}

/** All that a role may do. */
export function permissionsOf(role: string): Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => mayDo(role, permission));
}

/** What a second pair of eyes is asked for. */
export const APPROVAL_KINDS = [
  'onboarding',
  'loan',
  'loan-extension',
  'loan-disbursement',
  'top-up',
  'help',
  'unfreeze',
  'resolution',
  'withdrawal',
  'lift',
  'assignment',
  'to-cold',
  'rate',
  'policy',
  'comparison',
] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** The permission that deciding on an approval of this kind takes. */
export function decidePermission(kind: ApprovalKind): Permission {
  return `approval:decide-${kind}`;
}

/** Tells a known role. */
export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
