/** Policies as /admin/v1/policies gives them: amounts in atto and shares in ray as text, times in seconds. */

export type PolicyValues = Readonly<Record<string, string | number>>;

export interface Policy {
  readonly id: string;
  readonly kind: string;
  /** Whom it is for: a pool's id, or empty for everybody. */
  readonly subject: string;
  readonly version: number;
  readonly values: PolicyValues;
  readonly approvalId: string | null;
  readonly inForceSince: string;
  readonly waitingApprovalId: string | null;
  /** On the single record only. */
  readonly history?: readonly PolicyVersion[];
}

export interface PolicyVersion {
  readonly version: number;
  readonly values: PolicyValues;
  readonly approvalId: string | null;
  readonly proposedBy: string | null;
  readonly acceptedBy: string | null;
  readonly reason: string | null;
  readonly at: string;
}

/** What people call each value, in the order in which they are shown. */
const names: Readonly<Record<string, string>> = {
  share: 'Share of deposits kept idle',
  hotLow: 'Hot wallet, low mark',
  hotHigh: 'Hot wallet, high mark',
  perTransaction: 'A transaction',
  perCustomerHour: 'A customer, an hour',
  perCustomerDay: 'A customer, a day',
  platformHour: 'All together, an hour',
  platformDay: 'All together, a day',
  automaticUpTo: 'Nobody is asked up to',
  twoAbove: 'Two people above',
  coolDownSeconds: 'Cool-down of a new address',
  credentialCoolDownSeconds: 'Cool-down after a new sign-in',
  approvalSeconds: 'An approval waits',
};

export function policyName({ kind, subject }: Pick<Policy, 'kind' | 'subject'>): string {
  const words = kind.replaceAll('-', ' ');
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  return subject === '' ? name : `${name} of the ${subject} pool`;
}

export function valueName(field: string): string {
  return names[field] ?? field;
}

/** The names of a policy's values, in the order in which they are shown. */
export function fieldsOf(values: PolicyValues): string[] {
  const known = Object.keys(names);
  const place = (field: string): number => (known.includes(field) ? known.indexOf(field) : known.length);
  return Object.keys(values).sort((a, b) => place(a) - place(b));
}

/** The values themselves, in that order. */
export function entriesOf(values: PolicyValues): [field: string, value: string | number][] {
  return fieldsOf(values).map((field) => [field, values[field] ?? '']);
}

export type ValueUnit = 'atto' | 'share' | 'seconds';

export function unitOf(field: string): ValueUnit {
  if (/seconds$/i.test(field)) return 'seconds';
  return /share$/i.test(field) ? 'share' : 'atto';
}
