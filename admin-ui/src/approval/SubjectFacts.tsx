import { Facts, type Fact } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { wordsOf } from '../field/tone';
import type { ReactNode } from 'react';

function words(key: string): string {
  return wordsOf(key.replaceAll(/([a-z])([A-Z])/g, '$1 $2'));
}

const amounts =
  /amount|balance|debt|limit|pledge|available|value|cash|total|^per[A-Z]|^platform[A-Z]|^hot[A-Z]|^automatic|^twoAbove/i;
/** Rates and shares of one, in ray. */
const shares: ReadonlySet<string> = new Set(['share', 'base', 'slope1', 'slope2', 'kink', 'reserveFactor']);
const epochs = /epoch$|^height$/i;
const addresses = /^[ft][0-4][0-9a-z]{3,}$/;

/** What weighs most stands first; JSON from the database comes in an order of its own. */
const first = ['amount', 'miner', 'from', 'to', 'borrowerId', 'customerId', 'termEpochs', 'poolId'];

function inOrder(entries: readonly [string, unknown][]): [string, unknown][] {
  const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
  return [...entries].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Digits as what their name says they are. */
function figureOf(key: string, digits: string): ReactNode {
  if (shares.has(key)) return percentOf(digits);
  return amounts.test(key) ? <MoneyField value={digits} /> : digits;
}

/** One value of a subject by what its name and form say it is. */
function valueOf(key: string, value: unknown): ReactNode {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return epochs.test(key) ? <EpochField value={value} /> : value.toLocaleString('en');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/^\d+$/.test(value)) return figureOf(key, value);
  if (addresses.test(value)) return <AddressField value={value} />;
  return value.length > 30 && !value.includes(' ') ? (
    <HashField value={value} what={words(key).toLowerCase()} />
  ) : (
    value
  );
}

interface SubjectFactsProps {
  readonly subject: Readonly<Record<string, unknown>>;
  /** Shown elsewhere on the page. */
  readonly without?: readonly string[];
}

/** The fields of what is to be approved, each in its own form. */
export function SubjectFacts({ subject, without = [] }: SubjectFactsProps) {
  const facts: Fact[] = inOrder(Object.entries(subject))
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => ({ label: words(key), value: valueOf(key, value) }));
  return <Facts facts={facts} />;
}
