import { ChartFrame } from '../chart/ChartFrame';
import { LineChart } from '../chart/LineChart';
import { percentOf, ratioForDrawing } from '../field/ratio';
import type { OpenCurve, Rates } from './figure';
import { percent, rateColumns } from './columns';

/** The rate curve in force with the present point. */
export function Curve({ curve }: { readonly curve: OpenCurve }) {
  const { now, points } = curve;
  const x = ratioForDrawing(now.utilisation);
  const line = (field: 'borrowApr' | 'depositApr') =>
    points.map((row) => ({ x: ratioForDrawing(row.utilisation), y: ratioForDrawing(row[field]) }));
  return (
    <ChartFrame<Rates>
      title="Rate curve"
      rows={points}
      keyOf={({ utilisation }) => utilisation}
      columns={rateColumns}
    >
      <LineChart
        label={`Lending and deposit APR by utilisation; the present point is at ${percentOf(now.utilisation)}`}
        series={[
          { name: `lending APR, now ${percentOf(now.borrowApr)}`, points: line('borrowApr') },
          { name: `deposit APR, now ${percentOf(now.depositApr)}`, points: line('depositApr'), dashed: true },
        ]}
        marks={[
          { x, y: ratioForDrawing(now.borrowApr) },
          { x, y: ratioForDrawing(now.depositApr) },
        ]}
        xText={percent}
        yText={percent}
        xName="utilisation"
        xRange={[0, 1]}
      />
    </ChartFrame>
  );
}
