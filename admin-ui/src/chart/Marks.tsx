import { useTheme } from '@mui/material';
import { frame, type Mark, type Place } from './figure';

interface MarksProps {
  readonly marks: readonly Mark[];
  readonly xAt: Place;
  readonly yAt: Place;
}

/** Points with their words; the words stand on the side that has room. */
export function Marks({ marks, xAt, yAt }: MarksProps) {
  const { palette } = useTheme();
  return marks.map(({ x, y, text, below = false }) => {
    const cx = xAt(x);
    const cy = yAt(y);
    const toTheRight = cx < frame.width * 0.55;
    const side = below !== toTheRight ? 'start' : 'end';
    return (
      <g key={text} data-mark={text}>
        <line
          x1={cx}
          x2={cx}
          y1={cy}
          y2={frame.bottom}
          stroke={palette.text.secondary}
          strokeDasharray="2 3"
        />
        <circle
          cx={cx}
          cy={cy}
          r={5}
          fill={palette.background.paper}
          stroke={palette.text.primary}
          strokeWidth={2}
        />
        <text
          x={side === 'start' ? cx + 9 : cx - 9}
          y={below ? cy + 18 : cy - 11}
          textAnchor={side}
          fill="currentColor"
          fontWeight={600}
          stroke={palette.background.paper}
          strokeWidth={4}
          paintOrder="stroke"
        >
          {text}
        </text>
      </g>
    );
  });
}
