import { MoneyField } from '../field/MoneyField';

/** What was asked for: an amount, or everything. */
export function Asked({ amount }: { readonly amount: string | null }) {
  return amount === null ? <span>everything</span> : <MoneyField value={amount} />;
}
