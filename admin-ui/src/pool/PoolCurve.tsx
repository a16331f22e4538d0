import { Box, Slider } from '@mui/material';
import { useId, useState } from 'react';
import { ChartFrame } from '../chart/ChartFrame';
import { LineChart } from '../chart/LineChart';
import { Facts } from '../field/Facts';
import { percentOf, ratioForDrawing } from '../field/ratio';
import { percentText, pointsBy } from './drawing';
import type { CurvePoint, Pool } from './pool';

/** The curve has a point at every percent. */
function nearest(rows: readonly CurvePoint[], percent: number): CurvePoint | undefined {
  return rows.find(({ utilisation }) => Math.round(ratioForDrawing(utilisation) * 100) === percent);
}

function WhatIf({
  point,
  percent,
  onChange,
}: {
  readonly point: CurvePoint | undefined;
  readonly percent: number;
  readonly onChange: (percent: number) => void;
}) {
  const id = useId();
  return (
    <Box sx={{ mt: 1.5 }}>
      <Box component="p" id={id} sx={{ m: 0, fontSize: 13, color: 'text.secondary' }}>
        If {percent} % were lent
      </Box>
      <Slider
        aria-labelledby={id}
        size="small"
        value={percent}
        getAriaValueText={(value) => `${value} %`}
        onChange={(_, value) => onChange(typeof value === 'number' ? value : 0)}
      />
      {point === undefined ? null : (
        <Facts
          columns={4}
          facts={[
            {
              label: 'Borrow APR',
              value: <span data-what-if="borrow-apr">{percentOf(point.borrowApr)}</span>,
            },
            { label: 'Borrow APY', value: percentOf(point.borrowApy) },
            { label: 'Deposit APR', value: percentOf(point.depositApr) },
            { label: 'Deposit APY', value: percentOf(point.depositApy) },
          ]}
        />
      )}
    </Box>
  );
}

const columns = [
  ['Utilisation', 'utilisation'],
  ['Borrow APR', 'borrowApr'],
  ['Borrow APY', 'borrowApy'],
  ['Deposit APR', 'depositApr'],
  ['Deposit APY', 'depositApy'],
] as const;

/** What borrowers pay and depositors get by how much is lent; the present point, and any other at will. */
export function PoolCurve({ rows, pool }: { readonly rows: readonly CurvePoint[]; readonly pool: Pool }) {
  const now = ratioForDrawing(pool.utilisation);
  const [percent, setPercent] = useState(Math.round(now * 100));
  const point = nearest(rows, percent);
  const x = (row: CurvePoint): number => ratioForDrawing(row.utilisation);
  const marks = [
    { x: now, y: ratioForDrawing(pool.borrowApr) },
    { x: now, y: ratioForDrawing(pool.depositApr) },
  ];
  const asked = point && [
    { x: x(point), y: ratioForDrawing(point.borrowApr) },
    { x: x(point), y: ratioForDrawing(point.depositApr) },
  ];
  return (
    <ChartFrame
      title="Rates by utilisation"
      rows={rows}
      keyOf={({ utilisation }) => utilisation}
      columns={columns.map(([label, field]) => ({
        label,
        align: 'right' as const,
        cell: (row: CurvePoint) => percentOf(row[field]),
      }))}
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
        marks={percent === Math.round(now * 100) ? marks : [...marks, ...(asked ?? [])]}
        xText={percentText}
        yText={percentText}
        xName="utilisation"
        xRange={[0, 1]}
      />
      <WhatIf point={point} percent={percent} onChange={setPercent} />
    </ChartFrame>
  );
}
