/** The parts of a payment; imports nothing, as the root's tests take it as it is. */

interface Payment {
  readonly amount: string;
  readonly penalty?: string;
  readonly fee?: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
}

export interface Part {
  readonly name: 'penalty' | 'fee' | 'interest' | 'principal' | 'excess';
  /** atto, decimal text */
  readonly amount: string;
  /** Of the whole, for drawing only; what is there is never drawn as nothing. */
  readonly percent: number;
}

const names = ['penalty', 'fee', 'interest', 'principal', 'excess'] as const;
const LEAST = 1.5;

/** The parts that are not zero, in the order in which a payment is used. */
export function partsOf(payment: Payment): Part[] {
  const whole = BigInt(payment.amount);
  return names.flatMap((name): Part[] => {
    const amount = payment[name] ?? '0';
    if (amount === '0' || whole === 0n) return [];
    const share = Number((BigInt(amount) * 10_000n) / whole) / 100;
    return [{ name, amount, percent: Math.max(LEAST, share) }];
  });
}
