import { useTheme } from '@mui/material';
import { frame, type Place } from './figure';
import { ticksOf, timeTicksOf, type Range } from './scale';

interface AxesProps {
  /** Where the picture begins, right of the numbers for y. */
  readonly left: number;
  readonly xName: string;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
  readonly xRange: Range;
  readonly yRange: Range;
  readonly xAt: Place;
  readonly yAt: Place;
  /** Where x is a time, in milliseconds. */
  readonly timed?: boolean;
}

/** Quiet lines for y, numbers for both. */
export function Axes({ left, xName, xText, yText, xRange, yRange, xAt, yAt, timed = false }: AxesProps) {
  const { palette } = useTheme();
  const { right, bottom, height } = frame;
  const ink = palette.text.secondary;
  return (
    <>
      {ticksOf(yRange, 5).map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={yAt(tick)} y2={yAt(tick)} stroke={palette.divider} />
          <text x={left - 8} y={yAt(tick) + 4} textAnchor="end" fill={ink}>
            {yText(tick)}
          </text>
        </g>
      ))}
      {(timed ? timeTicksOf : ticksOf)(xRange, 5).map((tick) => (
        <text
          key={tick}
          x={xAt(tick)}
          y={bottom + 20}
          // A time is long: the last one would be cut off.
          textAnchor={timed && xAt(tick) > right - 40 ? 'end' : 'middle'}
          fill={ink}
        >
          {xText(tick)}
        </text>
      ))}
      <text x={right} y={height - 6} textAnchor="end" fill={ink}>
        {xName}
      </text>
    </>
  );
}
