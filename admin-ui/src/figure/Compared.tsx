import { securityNames } from '../comparison/comparison';
import { Day } from '../comparison/Day';
import { Source } from '../comparison/Source';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { percentOf } from '../field/ratio';
import { Panel } from '../layout/Panel';
import { PlainTable, type PlainColumn } from '../layout/PlainTable';
import type { ComparedRow } from './figure';

function rateColumn(
  label: string,
  field: 'utilisation' | 'depositApr' | 'depositApy' | 'borrowApr' | 'borrowApy',
): PlainColumn<ComparedRow> {
  return {
    label,
    align: 'right',
    cell: (row) => (row[field] === null ? <Nothing /> : percentOf(row[field], 3)),
  };
}

const columns: readonly PlainColumn<ComparedRow>[] = [
  { label: 'Platform', cell: ({ name, own }) => (own ? <strong>{name}</strong> : name) },
  { label: 'Security of a loan', cell: ({ security }) => securityNames[security] },
  {
    label: 'TVL',
    align: 'right',
    cell: ({ tvl }) => (tvl === null ? <Nothing /> : <MoneyField value={tvl} copy={false} />),
  },
  rateColumn('Utilisation', 'utilisation'),
  rateColumn('Deposit APR', 'depositApr'),
  rateColumn('Deposit APY', 'depositApy'),
  rateColumn('Lending APR', 'borrowApr'),
  rateColumn('Lending APY', 'borrowApy'),
  { label: 'As of', cell: ({ asOf }) => <Day value={asOf} /> },
  { label: 'Source', cell: ({ own, source }) => (own ? 'our books' : <Source url={source} />) },
];

/** Other platforms beside ours; an empty cell is a figure that nobody has found. */
export function Compared({ rows }: { readonly rows: readonly ComparedRow[] }) {
  return (
    <Panel
      title="Beside other platforms"
      hint="Entered by staff with day and source; ours from our books"
      flush
    >
      <PlainTable
        label="Beside other platforms"
        rows={rows}
        columns={columns}
        keyOf={({ platform }) => platform}
        empty="No other platform is shown."
      />
    </Panel>
  );
}
