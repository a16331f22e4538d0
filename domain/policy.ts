/** How the platform decides, as data: versions that two people made (migration 0032). */
import { parseAtto, type Atto } from './money';
import { RAY } from './ray';

/** What a value of a policy is: attoFIL as text, a share of one in ray as text, or whole seconds. */
type Unit = 'atto' | 'share' | 'seconds';

/** The values of each policy. `subject` says whether there is one for each of something, such as a pool. */
export const POLICIES = {
  /** Money off the platform. Limits count what was asked for within the last hour or day. */
  withdrawal: {
    perTransaction: 'atto',
    perCustomerHour: 'atto',
    perCustomerDay: 'atto',
    platformHour: 'atto',
    platformDay: 'atto',
    /** Up to it nobody is asked; above it one person, above `twoAbove` two. */
    automaticUpTo: 'atto',
    twoAbove: 'atto',
    /** From an address' adding to its first use. */
    coolDownSeconds: 'seconds',
    /** After a change of how the customer signs in. */
    credentialCoolDownSeconds: 'seconds',
    /** Until an approval that nobody decides expires. */
    approvalSeconds: 'seconds',
  },
  /** The hot wallet is kept between these marks. */
  custody: { hotLow: 'atto', hotHigh: 'atto' },
  /** Share of the depositors' claim that lending may not touch; one for each pool. */
  'liquidity-reserve': { share: 'share' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Unit>>>>;

export type PolicyKind = keyof typeof POLICIES;

type ValueOf<U extends Unit> = U extends 'atto' ? Atto : U extends 'share' ? bigint : number;

/** A policy's values: amounts and shares as bigint, times in whole seconds. */
export type Policy<K extends PolicyKind> = {
  readonly [F in keyof (typeof POLICIES)[K]]: (typeof POLICIES)[K][F] extends infer U extends Unit
    ? ValueOf<U>
    : never;
};

export const POLICY_KINDS = Object.keys(POLICIES) as PolicyKind[];

function parseValue(unit: Unit, value: unknown): bigint | number | null {
  if (unit === 'seconds')
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  const whole = parseAtto(value);
  return unit === 'share' && whole !== null && whole > RAY ? null : whole;
}

/** The values as written, or the names of those that are missing, unknown or none. */
export function parsePolicy<K extends PolicyKind>(
  kind: K,
  content: Readonly<Record<string, unknown>>,
): { readonly policy: Policy<K> } | { readonly faults: readonly string[] } {
  const units: Readonly<Record<string, Unit>> = POLICIES[kind];
  const unknown = Object.keys(content).filter((name) => !(name in units));
  const values = Object.entries(units).map(
    ([name, unit]) => [name, parseValue(unit, content[name])] as const,
  );
  const faults = [...unknown, ...values.filter(([, value]) => value === null).map(([name]) => name)];
  if (faults.length > 0) return { faults };
  return { policy: Object.fromEntries(values) as Policy<K> };
}
