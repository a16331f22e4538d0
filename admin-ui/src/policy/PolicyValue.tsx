import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { unitOf } from './policy';

function span(seconds: number): string {
  const hours = seconds / 3600;
  if (seconds < 3600 || seconds % 60 !== 0) return `${seconds.toLocaleString('en')} s`;
  return hours < 48 ? `${Number(hours.toFixed(2))} h` : `${Number((hours / 24).toFixed(2))} days`;
}

/** One value of a policy in its own form. */
export function PolicyValue({ field, value }: { readonly field: string; readonly value: string | number }) {
  if (typeof value === 'number') return span(value);
  return unitOf(field) === 'share' ? percentOf(value) : <MoneyField value={value} copy={false} />;
}
