import { ChartFrame } from '../chart/ChartFrame';
import type { Point } from '../chart/figure';
import { LineChart } from '../chart/LineChart';
import { MoneyField } from '../field/MoneyField';
import { ratioForDrawing } from '../field/ratio';
import { TimeField } from '../field/TimeField';
import type { PlainColumn } from '../layout/PlainTable';
import { percent, rateColumns } from './columns';
import type { SeriesPoint } from './figure';

type Rows = { readonly rows: readonly SeriesPoint[] };

const begins: PlainColumn<SeriesPoint> = {
  label: 'Begins',
  cell: (row) => <TimeField value={row.begins} />,
};
const when = (ms: number): string =>
  new Date(ms).toLocaleString('en', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    hour12: false,
    timeZone: 'UTC',
  });
/** Short enough for an axis: 500K. */
const coins = (value: number): string =>
  value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });

const HOUR_MS = 3_600_000;
/** From the first to the last, at least an hour: one point is no line. */
const spanOf = (rows: Rows['rows']): readonly [number, number] => {
  const times = rows.map((row) => Date.parse(row.begins));
  const first = Math.min(...times);
  return [first, Math.max(first + HOUR_MS, ...times)];
};

const line = (rows: Rows['rows'], y: (row: SeriesPoint) => number): Point[] =>
  rows.map((row) => ({ x: Date.parse(row.begins), y: y(row) }));

export function UtilisationOverTime({ rows }: Rows) {
  return (
    <ChartFrame
      title="Utilisation over time"
      rows={rows}
      keyOf={(row) => row.begins}
      columns={[begins, ...rateColumns.slice(0, 1)]}
    >
      <LineChart
        label="Utilisation over time"
        stepped
        series={[{ name: 'utilisation', points: line(rows, (row) => ratioForDrawing(row.utilisation)) }]}
        timed
        xRange={spanOf(rows)}
        xText={when}
        yText={percent}
        xName="time"
        yRange={[0, 1]}
      />
    </ChartFrame>
  );
}

export function RatesOverTime({ rows }: Rows) {
  return (
    <ChartFrame
      title="Rates over time"
      rows={rows}
      keyOf={(row) => row.begins}
      columns={[begins, ...rateColumns.slice(1)]}
    >
      <LineChart
        label="Lending and deposit APY over time"
        stepped
        series={[
          { name: 'lending APY', points: line(rows, (row) => ratioForDrawing(row.borrowApy)) },
          { name: 'deposit APY', points: line(rows, (row) => ratioForDrawing(row.depositApy)), dashed: true },
        ]}
        timed
        xRange={spanOf(rows)}
        xText={when}
        yText={percent}
        xName="time"
      />
    </ChartFrame>
  );
}

const amounts = [
  ['TVL', 'tvl'],
  ['Deposited', 'deposited'],
  ['Lent', 'lent'],
  ['Idle', 'idle'],
  ['Loss reserve', 'reserve'],
] as const;

/** Drawn in whole FIL; the table has every atto. */
export function MoneyOverTime({ rows }: Rows) {
  const drawn = (field: 'tvl' | 'lent') => line(rows, (row) => Number(row[field]) / 1e18);
  // Whole FIL at the axis, also where there is next to none.
  const most = Math.max(5, ...drawn('tvl').map(({ y }) => y * 1.3));
  return (
    <ChartFrame
      title="TVL over time"
      rows={rows}
      keyOf={(row) => row.begins}
      columns={[
        begins,
        ...amounts.map(([label, field]): PlainColumn<SeriesPoint> => ({
          label,
          align: 'right',
          cell: (row) => <MoneyField value={row[field]} copy={false} />,
        })),
      ]}
    >
      <LineChart
        label="TVL and what of it is lent, in FIL, over time"
        stepped
        series={[
          { name: 'TVL, FIL', points: drawn('tvl') },
          { name: 'lent, FIL', points: drawn('lent'), dashed: true },
        ]}
        timed
        xRange={spanOf(rows)}
        xText={when}
        yText={coins}
        yRange={[0, most]}
        xName="time"
      />
    </ChartFrame>
  );
}
