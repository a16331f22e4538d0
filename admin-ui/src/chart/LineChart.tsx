import { useTheme } from '@mui/material';
import { pathOf, rangeOf, scaleOf, ticksOf, type Range } from './scale';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
}

export interface Mark extends Point {
  readonly text: string;
}

interface LineChartProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  readonly stepped?: boolean;
  readonly fill?: boolean;
  readonly xName: string;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
  readonly xRange?: Range;
  readonly yRange?: Range;
}

const width = 640;
const height = 280;
const left = 54;
const right = width - 18;
const top = 14;
const bottom = height - 34;

/** Lines with axes and direct labels; told apart by dashes as well as colour. */
export function LineChart(props: LineChartProps) {
  const { label, series, marks = [], stepped = false, fill = false, xName, xText, yText } = props;
  const { palette } = useTheme();
  const all = [...series.flatMap(({ points }) => points), ...marks];
  const xRange = props.xRange ?? rangeOf(all.map(({ x }) => x));
  const yRange = props.yRange ?? rangeOf([0, ...all.map(({ y }) => y * 1.08)]);
  const xAt = scaleOf(xRange, [left, right]);
  const yAt = scaleOf(yRange, [bottom, top]);
  const colours = [palette.primary.main, palette.secondary.main, palette.info.main];
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      style={{ width: '100%', display: 'block' }}
      fontSize={11.5}
    >
      {ticksOf(yRange, 5).map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={yAt(tick)} y2={yAt(tick)} stroke={palette.divider} />
          <text x={left - 8} y={yAt(tick) + 4} textAnchor="end" fill={palette.text.secondary}>
            {yText(tick)}
          </text>
        </g>
      ))}
      {ticksOf(xRange, 5).map((tick) => (
        <text key={tick} x={xAt(tick)} y={bottom + 17} textAnchor="middle" fill={palette.text.secondary}>
          {xText(tick)}
        </text>
      ))}
      <text x={right} y={height - 2} textAnchor="end" fill={palette.text.secondary}>
        {xName}
      </text>
      {series.map(({ name, points, dashed = false }, index) => {
        const line = points.map(({ x, y }) => [xAt(x), yAt(y)] as const);
        const first = line[0];
        const last = line.at(-1);
        const colour = colours[index % colours.length] ?? palette.text.primary;
        if (!first || !last) return null;
        const path = pathOf(line, stepped);
        return (
          <g key={name} data-series={name}>
            {fill ? <path d={`${path}V${bottom}H${first[0]}Z`} fill={colour} opacity={0.1} /> : null}
            <path
              d={path}
              fill="none"
              stroke={colour}
              strokeWidth={2.2}
              strokeDasharray={dashed ? '6 4' : 'none'}
              strokeLinejoin="round"
            />
            {series.length > 1 ? (
              <text x={last[0]} y={last[1] - 8} textAnchor="end" fill={palette.text.primary} fontWeight={600}>
                {name}
              </text>
            ) : (
              <circle cx={last[0]} cy={last[1]} r={3.5} fill={colour} />
            )}
          </g>
        );
      })}
      {marks.map(({ x, y, text }, index) => (
        <g key={text}>
          {index === 0 ? (
            <line
              x1={xAt(x)}
              x2={xAt(x)}
              y1={yAt(y)}
              y2={bottom}
              stroke={palette.text.secondary}
              strokeDasharray="2 3"
            />
          ) : null}
          <circle
            cx={xAt(x)}
            cy={yAt(y)}
            r={5}
            fill={palette.background.paper}
            stroke={palette.text.primary}
            strokeWidth={2}
          />
          <text
            x={xAt(x) > width / 2 ? xAt(x) - 10 : xAt(x) + 10}
            y={yAt(y) - 9}
            textAnchor={xAt(x) > width / 2 ? 'end' : 'start'}
            fill={palette.text.primary}
          >
            {text}
          </text>
        </g>
      ))}
    </svg>
  );
}
