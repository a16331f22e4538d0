/**
 * Off the platform: how much may leave, who is asked first, and from when an address may be used. Every figure comes from
 * the policy `withdrawal` (domain/policy.ts); amounts in atto, times in milliseconds since 1970. The refusals say what
 * would be possible instead.
 */
import { atto, formatCoins, type Atto } from './money';
import type { Policy } from './policy';
import { refuse, type Refusal } from './refusal';

export type WithdrawalPolicy = Policy<'withdrawal'>;

/**
 * `held`: the money is set aside and people are asked, where any are. `approved`: it may be sent. `declined`: a checker
 * said no. From every state but the last ones the money is still set aside.
 */
export const WITHDRAWAL_STATES = [
  'held',
  'approved',
  'paid',
  'failed',
  'cancelled',
  'expired',
  'declined',
  'refused',
] as const;
export type WithdrawalState = (typeof WITHDRAWAL_STATES)[number];

export const isOpen = (state: WithdrawalState): boolean => state === 'held' || state === 'approved';

/** What was asked for within the last hour and day and did not come back: held, on its way, or paid. */
export interface Used {
  readonly customerHour: bigint;
  readonly customerDay: bigint;
  readonly platformHour: bigint;
  readonly platformDay: bigint;
}

export interface Limit {
  readonly name: 'transaction' | keyof Used;
  readonly most: Atto;
  readonly used: Atto;
}

const WORDS: Readonly<Record<Limit['name'], string>> = {
  transaction: 'for one withdrawal',
  customerHour: 'for you within an hour',
  customerDay: 'for you within a day',
  platformHour: 'for all customers together within an hour',
  platformDay: 'for all customers together within a day',
};

/** The limits in the order in which they are checked, each with what counts against it already. */
export function limitsOf(policy: WithdrawalPolicy, used: Used): readonly Limit[] {
  return [
    { name: 'transaction', most: policy.perTransaction, used: atto(0n) },
    { name: 'customerHour', most: policy.perCustomerHour, used: atto(used.customerHour) },
    { name: 'customerDay', most: policy.perCustomerDay, used: atto(used.customerDay) },
    { name: 'platformHour', most: policy.platformHour, used: atto(used.platformHour) },
    { name: 'platformDay', most: policy.platformDay, used: atto(used.platformDay) },
  ];
}

const leftOf = ({ most, used }: Limit): bigint => (most > used ? most - used : 0n);

/** The most that one more withdrawal may be by all limits. */
export function mostNow(policy: WithdrawalPolicy, used: Used): Atto {
  const [first, ...others] = limitsOf(policy, used).map(leftOf);
  return atto(others.reduce((least, left) => (left < least ? left : least), first ?? 0n));
}

/** Null where the amount fits into every limit; a limit that is met exactly is kept. */
export function checkLimits(policy: WithdrawalPolicy, used: Used, amount: bigint): Refusal | null {
  const over = limitsOf(policy, used).find((limit) => amount > leftOf(limit));
  if (over === undefined) return null;
  const left = formatCoins(leftOf(over));
  return refuse(
    'withdrawal-limit',
    `At most ${formatCoins(over.most)} FIL ${WORDS[over.name]}; ${left} FIL of it is left.`,
  );
}

/**
 * How many people must accept. Nobody up to the automatic threshold, but always one where nobody has proved that the
 * address is the customer's.
 */
export function peopleFor(policy: WithdrawalPolicy, amount: bigint, proven: boolean): 0 | 1 | 2 {
  if (amount > policy.twoAbove) return 2;
  return amount > policy.automaticUpTo || !proven ? 1 : 0;
}

export interface AddressAge {
  readonly listedAt: number;
  /** The last change of how the customer signs in: a new API key. Null where there was none. */
  readonly credentialsChangedAt: number | null;
}

/** From when on FIL may leave to the address. */
export function usableFrom(policy: WithdrawalPolicy, age: AddressAge): number {
  const listed = age.listedAt + policy.coolDownSeconds * 1000;
  if (age.credentialsChangedAt === null) return listed;
  return Math.max(listed, age.credentialsChangedAt + policy.credentialCoolDownSeconds * 1000);
}

/**
 * Gas of a plain send that makes its receiver's account, as measured on a real node: the dearest a withdrawal can be. A send
 * to an account that is there takes a fifth of it.
 */
const PLAIN_SEND_GAS = 5_750_000n;
const USUAL_PREMIUM = 100_000n;

/** What a withdrawal costs the platform at this base fee (attoFIL a unit); less than that is dust. */
export function gasOfWithdrawal(baseFee: bigint): Atto {
  return atto(PLAIN_SEND_GAS * (baseFee + USUAL_PREMIUM));
}

/** Null where it is worth its gas. */
export function checkDust(amount: bigint, gas: Atto): Refusal | null {
  if (amount > gas) return null;
  return refuse(
    'withdrawal-dust',
    `Sending costs ${formatCoins(gas)} FIL of gas now: ask for more than that.`,
  );
}
