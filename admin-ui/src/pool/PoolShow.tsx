import { Box } from '@mui/material';
import { EpochField } from '../field/EpochField';
import { percentOf, ratioForDrawing } from '../field/ratio';
import { wordsOf } from '../field/tone';
import { ChartFrame } from '../chart/ChartFrame';
import type { Point } from '../chart/figure';
import { LineChart } from '../chart/LineChart';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import type { CurvePoint, Pool, PoolPoint } from './pool';
import { PoolFigures } from './PoolFigures';
import { PoolStatement } from './PoolStatement';
import { readCurve, readPoints } from './reads';

const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
const epoch = (value: number): string => Math.round(value).toLocaleString('en');

function pointsBy<Row>(rows: readonly Row[], x: (row: Row) => number, y: (row: Row) => string): Point[] {
  return rows.map((row) => ({ x: x(row), y: ratioForDrawing(y(row)) }));
}

function History({ rows }: { readonly rows: readonly PoolPoint[] }) {
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
        xText={epoch}
        yText={percent}
        xName="epoch"
        yRange={[0, 1]}
      />
    </ChartFrame>
  );
}

function Curve({ rows, pool }: { readonly rows: readonly CurvePoint[]; readonly pool: Pool }) {
  const x = (row: CurvePoint): number => ratioForDrawing(row.utilisation);
  const now = ratioForDrawing(pool.utilisation);
  return (
    <ChartFrame
      title="Rates by utilisation"
      rows={rows}
      keyOf={({ utilisation }) => utilisation}
      columns={[
        { label: 'Utilisation', align: 'right', cell: (row) => percentOf(row.utilisation) },
        { label: 'Borrow APR', align: 'right', cell: (row) => percentOf(row.borrowApr) },
        { label: 'Deposit APR', align: 'right', cell: (row) => percentOf(row.depositApr) },
      ]}
    >
      <LineChart
        label={`Borrow and deposit APR by utilisation; the present point is at ${percentOf(pool.utilisation)}`}
        series={[
          {
            name: `borrow APR, now ${percentOf(pool.borrowApr)}`,
            points: pointsBy(rows, x, (row) => row.borrowApr),
          },
          {
            name: `deposit APR, now ${percentOf(pool.depositApr)}`,
            points: pointsBy(rows, x, (row) => row.depositApr),
            dashed: true,
          },
        ]}
        marks={[
          { x: now, y: ratioForDrawing(pool.borrowApr) },
          { x: now, y: ratioForDrawing(pool.depositApr) },
        ]}
        xText={percent}
        yText={percent}
        xName="utilisation"
        xRange={[0, 1]}
      />
    </ChartFrame>
  );
}

function Body({ pool }: { readonly pool: Pool }) {
  return (
    <>
      <Panel title="Figures" hint="At the pool's clock: the last final tipset that is in the books">
        <PoolFigures pool={pool} />
      </Panel>
      <PoolStatement pool={pool} />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <Loaded queryKey={['pools', 'points', pool.id]} read={(signal) => readPoints(pool.id, signal)}>
          {(rows) => <History rows={rows} />}
        </Loaded>
        <Loaded
          queryKey={['pools', 'curve', pool.id]}
          read={(signal) => readCurve(pool.id, signal)}
          everyMs={60_000}
        >
          {(rows) => <Curve rows={rows} pool={pool} />}
        </Loaded>
      </Box>
    </>
  );
}

export function PoolShow() {
  return (
    <ShowPage<Pool>
      list={['/pools', 'Pools']}
      title={({ id }) => `${wordsOf(id)} pool`}
      hint={({ utilisation }) => `${percentOf(utilisation, 2)} of it is lent`}
      body={(pool) => <Body pool={pool} />}
    />
  );
}
