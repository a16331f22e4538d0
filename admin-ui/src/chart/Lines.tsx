import { useTheme } from '@mui/material';
import { frame, type Place, type Series } from './figure';
import { pathOf } from './scale';

interface LinesProps {
  /** Where the picture begins. */
  readonly left: number;
  readonly series: readonly Series[];
  readonly stepped: boolean;
  readonly xAt: Place;
  readonly yAt: Place;
}

interface LineProps extends Omit<LinesProps, 'series' | 'left'> {
  readonly line: Series;
  readonly colour: string;
  /** Filled to the axis and ended by a dot: for a line that is alone. */
  readonly alone: boolean;
}

function Line({ line: { name, points, dashed = false }, colour, alone, stepped, xAt, yAt }: LineProps) {
  const places = points.map(({ x, y }) => [xAt(x), yAt(y)] as const);
  const first = places[0];
  const last = places.at(-1);
  if (!first || !last) return null;
  const path = pathOf(places, stepped);
  return (
    <g data-series={name}>
      {alone ? <path d={`${path}V${frame.bottom}H${first[0]}Z`} fill={colour} opacity={0.1} /> : null}
      <path
        d={path}
        fill="none"
        stroke={colour}
        strokeWidth={2.2}
        strokeDasharray={dashed ? '6 4' : 'none'}
        strokeLinejoin="round"
      />
      {alone ? <circle cx={last[0]} cy={last[1]} r={3.5} fill={colour} /> : null}
    </g>
  );
}

function Key({
  left,
  name,
  dashed = false,
  colour,
  row,
}: {
  left: number;
  name: string;
  dashed?: boolean | undefined;
  colour: string;
  row: number;
}) {
  const y = frame.top + 10 + row * 20;
  return (
    <g>
      <line
        x1={left + 14}
        x2={left + 44}
        y1={y}
        y2={y}
        stroke={colour}
        strokeWidth={2.2}
        strokeDasharray={dashed ? '6 4' : 'none'}
      />
      <text x={left + 52} y={y + 4} fill="currentColor">
        {name}
      </text>
    </g>
  );
}

/** The lines and, where there are several, the key to them. */
export function Lines({ left, series, ...places }: LinesProps) {
  const { palette } = useTheme();
  const colours = [palette.primary.main, palette.secondary.main, palette.info.main];
  const alone = series.length === 1;
  return series.map((line, index) => {
    const colour = colours[index % colours.length] ?? palette.text.primary;
    return (
      <g key={line.name}>
        <Line line={line} colour={colour} alone={alone} {...places} />
        {alone ? null : <Key left={left} name={line.name} dashed={line.dashed} colour={colour} row={index} />}
      </g>
    );
  });
}
