/** Columns of the table views, and how axes say what they measure. */
import { percentOf } from '../field/ratio';
import type { PlainColumn } from '../layout/PlainTable';
import type { Rates } from './figure';

export const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;

export const rateColumns: readonly PlainColumn<Rates>[] = [
  { label: 'Utilisation', align: 'right', cell: (row) => percentOf(row.utilisation) },
  { label: 'Lending APR', align: 'right', cell: (row) => percentOf(row.borrowApr) },
  { label: 'Lending APY', align: 'right', cell: (row) => percentOf(row.borrowApy) },
  { label: 'Deposit APR', align: 'right', cell: (row) => percentOf(row.depositApr) },
  { label: 'Deposit APY', align: 'right', cell: (row) => percentOf(row.depositApy) },
];
