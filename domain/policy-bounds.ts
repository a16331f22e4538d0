/** Which values of a policy go together (domain/policy.ts says which there are). */
import { POLICIES, parsePolicy, type Policy, type PolicyKind } from './policy';
import { refuse, type Refusal } from './refusal';

const MINUTE = 60;
const MONTH = 30 * 86_400;

/** Whom a policy can be for: each flexible pool, or everybody (''). */
export function takesSubject(kind: PolicyKind): boolean {
  return kind === 'liquidity-reserve';
}

/** What must hold, and how a person is told that it does not. */
type Rule<K extends PolicyKind> = readonly [told: string, holds: (policy: Policy<K>) => boolean];

const WITHDRAWAL: readonly Rule<'withdrawal'>[] = [
  ['the limit of a transaction is above zero', (p) => p.perTransaction > 0n],
  ['a transaction is within the customer’s hour', (p) => p.perTransaction <= p.perCustomerHour],
  ['the customer’s hour is within the customer’s day', (p) => p.perCustomerHour <= p.perCustomerDay],
  ['the customer’s hour is within the platform’s', (p) => p.perCustomerHour <= p.platformHour],
  ['the customer’s day is within the platform’s', (p) => p.perCustomerDay <= p.platformDay],
  ['the platform’s hour is within its day', (p) => p.platformHour <= p.platformDay],
  ['what needs one person begins below what needs two', (p) => p.automaticUpTo <= p.twoAbove],
  ['a cool-down is 90 days at most', (p) => p.coolDownSeconds <= 3 * MONTH],
  ['a cool-down of credentials is 90 days at most', (p) => p.credentialCoolDownSeconds <= 3 * MONTH],
  [
    'an approval waits between a minute and 30 days',
    (p) => p.approvalSeconds >= MINUTE && p.approvalSeconds <= MONTH,
  ],
];
const CUSTODY: readonly Rule<'custody'>[] = [
  ['the low mark is below the high mark', (p) => p.hotLow < p.hotHigh],
];
const RULES: { readonly [K in PolicyKind]: readonly Rule<K>[] } = {
  withdrawal: WITHDRAWAL,
  custody: CUSTODY,
  'liquidity-reserve': [],
};

function brokenRule<K extends PolicyKind>(kind: K, policy: Policy<K>): string | null {
  return RULES[kind].find(([, holds]) => !holds(policy))?.[0] ?? null;
}

/** Values as they travel: amounts and shares as decimal text, times as whole seconds. */
export type PolicyContent = Readonly<Record<string, string | number>>;

/** @returns why these are no values for the policy, or null */
export function judgePolicy(
  kind: PolicyKind,
  content: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): Refusal | null {
  const parsed = parsePolicy(kind, content);
  if ('faults' in parsed)
    return refuse('policy-invalid', `Missing, unknown or no such value: ${parsed.faults.join(', ')}.`);
  const broken = brokenRule(kind, parsed.policy);
  if (broken !== null) return refuse('policy-invalid', `It must hold that ${broken}.`);
  if (Object.keys(POLICIES[kind]).every((name) => content[name] === now[name]))
    return refuse('policy-invalid', 'These are the values in force.');
  return null;
}
