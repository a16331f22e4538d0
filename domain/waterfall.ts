/** The order in which a payment is split, as data: each part is paid whole before the next gets anything. */

export type Part = 'penalty' | 'fee' | 'interest' | 'principal';

/** Amounts in attoFIL. */
export type Parts = Readonly<Record<Part, bigint>>;

/** How loans are repaid where their terms say nothing else. */
export const WATERFALL = ['penalty', 'fee', 'interest', 'principal'] as const satisfies readonly Part[];

/** Tells an order that names each part once. */
export function isWaterfall(order: readonly string[]): order is readonly Part[] {
  return order.length === WATERFALL.length && WATERFALL.every((part) => order.includes(part));
}

/** Pours a payment over what is due, in order; `rest` is what none of it was due for. Exact: Σ parts + rest = payment. */
export function pour(order: readonly Part[], dues: Parts, payment: bigint): { parts: Parts; rest: bigint } {
  const parts = { penalty: 0n, fee: 0n, interest: 0n, principal: 0n };
  let rest = payment;
  for (const part of order) {
    parts[part] = rest < dues[part] ? rest : dues[part];
    rest -= parts[part];
  }
  return { parts, rest };
}
