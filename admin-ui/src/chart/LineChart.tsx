import { useTheme } from '@mui/material';
import { Axes } from './Axes';
import { frame, type Point, type Series } from './figure';
import { Lines } from './Lines';
import { Marks } from './Marks';
import { leftOf, rangeOf, scaleOf, ticksOf, type Range } from './scale';

interface LineChartProps {
  readonly label: string;
  readonly series: readonly Series[];
  /** Points on the lines to look at first. */
  readonly marks?: readonly Point[];
  /** Each value holds until the next. */
  readonly stepped?: boolean;
  readonly xName: string;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
  readonly xRange?: Range;
  /** Where x is a time, in milliseconds. */
  readonly timed?: boolean;
  readonly yRange?: Range;
}

/** Lines with axes and a key; told apart by dashes as well as colour. */
export function LineChart({ label, series, marks = [], stepped = false, ...axes }: LineChartProps) {
  const { palette } = useTheme();
  const all = [...series.flatMap(({ points }) => points), ...marks];
  const xRange = axes.xRange ?? rangeOf(all.map(({ x }) => x));
  // The key of several lines stands above the highest of them.
  const headroom = series.length > 1 ? 1.3 : 1.08;
  const yRange = axes.yRange ?? rangeOf([0, ...all.map(({ y }) => y * headroom)]);
  const left = leftOf(ticksOf(yRange, 5).map(axes.yText), frame.left);
  const xAt = scaleOf(xRange, [left, frame.right]);
  const yAt = scaleOf(yRange, [frame.bottom, frame.top]);
  return (
    <svg
      viewBox={`0 0 ${frame.width} ${frame.height}`}
      role="img"
      aria-label={label}
      style={{ width: '100%', display: 'block', color: palette.text.primary }}
      fontSize={13}
    >
      <Axes {...axes} left={left} xRange={xRange} yRange={yRange} xAt={xAt} yAt={yAt} />
      <Lines left={left} series={series} stepped={stepped} xAt={xAt} yAt={yAt} />
      <Marks marks={marks} xAt={xAt} yAt={yAt} />
    </svg>
  );
}
