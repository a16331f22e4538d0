import { EpochField } from '../field/EpochField';
import { percentOf } from '../field/ratio';
import { ChartFrame } from '../chart/ChartFrame';
import { LineChart } from '../chart/LineChart';
import { epochText, percentText, pointsBy } from './drawing';
import type { PoolPoint } from './pool';

/** How much of the pool was lent, over time. */
export function PoolHistory({ rows }: { readonly rows: readonly PoolPoint[] }) {
  return (
    <ChartFrame
      title="Utilisation over time"
      rows={rows}
      keyOf={({ epoch: at }) => String(at)}
      columns={[
        { label: 'Epoch', align: 'right', cell: (row) => <EpochField value={row.epoch} /> },
        { label: 'Utilisation', align: 'right', cell: (row) => percentOf(row.utilisation) },
        { label: 'Borrow APR', align: 'right', cell: (row) => percentOf(row.borrowApr) },
        { label: 'Deposit APR', align: 'right', cell: (row) => percentOf(row.depositApr) },
      ]}
    >
      <LineChart
        label="Fund utilisation by epoch"
        stepped
        series={[
          {
            name: 'utilisation',
            points: pointsBy(
              rows,
              (row) => row.epoch,
              (row) => row.utilisation,
            ),
          },
        ]}
        xText={epochText}
        yText={percentText}
        xName="epoch"
        yRange={[0, 1]}
      />
    </ChartFrame>
  );
}
