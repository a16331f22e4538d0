import { Box } from '@mui/material';
import { ChartFrame } from '../chart/ChartFrame';
import type { Series } from '../chart/figure';
import { LineChart } from '../chart/LineChart';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import type { PlainColumn } from '../layout/PlainTable';
import { faultsOf } from './MinerList';
import type { Reading } from './miner';
import { powerText, powerUnit } from './power';

const epoch = (value: number): string => Math.round(value).toLocaleString('en');
/** For drawing only. */
const coins = (atto: string): number => Number(atto) / 1e18;
const coinText = (value: number): string => `${Number(value.toPrecision(3)).toLocaleString('en')} FIL`;

type Rows = readonly Reading[];

function line(name: string, rows: Rows, y: (row: Reading) => number, dashed = false): Series {
  return { name, dashed, points: rows.map((row) => ({ x: row.height, y: y(row) })) };
}

const height: PlainColumn<Reading> = {
  label: 'Epoch',
  align: 'right',
  cell: (row) => <EpochField value={row.height} />,
};

const money = (label: string, of: (row: Reading) => string): PlainColumn<Reading> => ({
  label,
  align: 'right',
  cell: (row) => <MoneyField value={of(row)} />,
});

function Power({ rows }: { readonly rows: Rows }) {
  const powers = rows.flatMap(({ qualityPower, rawPower }) => [Number(qualityPower), Number(rawPower)]);
  // Drawn in the unit that is told, so that the numbers beside it are round.
  const [unit, bytes] = powerUnit(powers);
  return (
    <ChartFrame
      title="Power over time"
      rows={rows}
      keyOf={(row) => String(row.height)}
      columns={[
        height,
        { label: 'Quality-adjusted', align: 'right', cell: (row) => powerText(row.qualityPower) },
        { label: 'Raw', align: 'right', cell: (row) => powerText(row.rawPower) },
        { label: 'Faulty sectors', align: 'right', cell: (row) => faultsOf(row) },
      ]}
    >
      <LineChart
        label="Quality-adjusted and raw power by epoch"
        stepped
        series={[
          line('quality-adjusted', rows, (row) => Number(row.qualityPower) / bytes),
          line('raw', rows, (row) => Number(row.rawPower) / bytes, true),
        ]}
        xText={epoch}
        yText={(value) => `${Number(value.toPrecision(3)).toLocaleString('en')} ${unit}`}
        xName="epoch"
      />
    </ChartFrame>
  );
}

function Money({ rows }: { readonly rows: Rows }) {
  return (
    <ChartFrame
      title="Balance over time"
      rows={rows}
      keyOf={(row) => String(row.height)}
      columns={[
        height,
        money('Available', (row) => row.available),
        money('Pledge', (row) => row.initialPledge),
        money('Fee debt', (row) => row.feeDebt),
      ]}
    >
      <LineChart
        label="Available balance and initial pledge by epoch"
        stepped
        series={[
          line('available', rows, (row) => coins(row.available)),
          line('initial pledge', rows, (row) => coins(row.initialPledge), true),
        ]}
        xText={epoch}
        yText={coinText}
        xName="epoch"
      />
    </ChartFrame>
  );
}

/** Power and money of a miner at each finalised tipset that was read. */
export function MinerCharts({ rows }: { readonly rows: Rows }) {
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
      }}
    >
      <Power rows={rows} />
      <Money rows={rows} />
    </Box>
  );
}
