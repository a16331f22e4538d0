import { useTheme } from '@mui/material';
import { frame, type Place } from './figure';
import { ticksOf, type Range } from './scale';

interface AxesProps {
  readonly xName: string;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
  readonly xRange: Range;
  readonly yRange: Range;
  readonly xAt: Place;
  readonly yAt: Place;
}

/** Quiet lines for y, numbers for both. */
export function Axes({ xName, xText, yText, xRange, yRange, xAt, yAt }: AxesProps) {
  const { palette } = useTheme();
  const { left, right, bottom, height } = frame;
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
      {ticksOf(xRange, 5).map((tick) => (
        <text key={tick} x={xAt(tick)} y={bottom + 20} textAnchor="middle" fill={ink}>
          {xText(tick)}
        </text>
      ))}
      <text x={right} y={height - 6} textAnchor="end" fill={ink}>
        {xName}
      </text>
    </>
  );
}
