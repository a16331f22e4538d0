import { useTheme } from '@mui/material';
import { frame, type Place, type Point } from './figure';

interface MarksProps {
  readonly marks: readonly Point[];
  readonly xAt: Place;
  readonly yAt: Place;
}

/** Rings on the lines, each with a plumb line to the axis. */
export function Marks({ marks, xAt, yAt }: MarksProps) {
  const { palette } = useTheme();
  return marks.map(({ x, y }, index) => (
    <g key={index} data-mark>
      <line
        x1={xAt(x)}
        x2={xAt(x)}
        y1={yAt(y)}
        y2={frame.bottom}
        stroke={palette.text.secondary}
        strokeDasharray="2 3"
      />
      <circle
        cx={xAt(x)}
        cy={yAt(y)}
        r={5}
        fill={palette.background.paper}
        stroke={palette.text.primary}
        strokeWidth={2}
      />
    </g>
  ));
}
