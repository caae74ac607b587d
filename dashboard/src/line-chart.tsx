import { useState } from 'preact/hooks';
import { figure } from './format.js';

export interface Series {
  readonly name: string;
  /** One value a position; null breaks the line. */
  readonly values: readonly (number | null)[];
}

interface LineChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  /** Names of the positions. */
  readonly labels: readonly string[];
  readonly show?: (value: number) => string;
  /** A horizontal line with its name. */
  readonly bound?: { readonly value: number; readonly name: string } | undefined;
  readonly empty: string;
  /** True when the axis must begin at 0. */
  readonly fromZero?: boolean;
}

const WIDTH = 420;
const HEIGHT = 150;
const LEFT = 46;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 22;

/** Lines over positions, with the values under the pointer. */
export function LineChart({ title, series, labels, show = figure, bound, empty, fromZero = false }: LineChartProps) {
  const [at, setAt] = useState<number | null>(null);
  const values = series.flatMap((line) => line.values.filter((value) => value !== null));
  if (values.length === 0)
    return (
      <figure class="chart">
        <figcaption>{title}</figcaption>
        <p class="empty">{empty}</p>
      </figure>
    );
  const enclosed = [...values, ...(fromZero ? [0] : []), ...(bound ? [bound.value] : [])];
  const ticks = niceTicks(Math.min(...enclosed), Math.max(...enclosed), 3);
  const low = ticks[0] as number;
  const high = ticks.at(-1) as number;
  const count = labels.length;
  const x = (i: number) => LEFT + (count === 1 ? (WIDTH - LEFT - RIGHT) / 2 : (i * (WIDTH - LEFT - RIGHT)) / (count - 1));
  const y = (value: number) => HEIGHT - BOTTOM - ((value - low) * (HEIGHT - TOP - BOTTOM)) / (high - low);
  const point = (event: MouseEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const position = ((event.clientX - box.left) / box.width) * WIDTH;
    const i = count === 1 ? 0 : Math.round(((position - LEFT) / (WIDTH - LEFT - RIGHT)) * (count - 1));
    setAt(Math.min(count - 1, Math.max(0, i)));
  };
  const shown = at === null || at >= count ? null : at;
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="legend">
          {shown !== null && <b>{labels[shown]}</b>}
          {series.map((line, s) => (
            <span key={line.name} class={`series-${s % 4}`}>
              {line.name} <b>{told(line.values, shown, show)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={title}
        onMouseMove={point}
        onMouseLeave={() => setAt(null)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={LEFT - 6} y={y(tick) + 3} text-anchor="end">
              {show(tick)}
            </text>
          </g>
        ))}
        {count > 1 && (
          <text class="tick" x={LEFT} y={HEIGHT - 6}>
            {labels[0]}
          </text>
        )}
        <text class="tick" x={count === 1 ? x(0) : WIDTH - RIGHT} y={HEIGHT - 6} text-anchor={count === 1 ? 'middle' : 'end'}>
          {labels.at(-1)}
        </text>
        {bound && bound.value >= low && bound.value <= high && (
          <g>
            <line class="bound" x1={LEFT} x2={WIDTH - RIGHT} y1={y(bound.value)} y2={y(bound.value)} />
            <text class="bound-name" x={LEFT + 4} y={y(bound.value) - 3}>
              {bound.name}
            </text>
          </g>
        )}
        {shown !== null && <line class="pointer" x1={x(shown)} x2={x(shown)} y1={TOP} y2={HEIGHT - BOTTOM} />}
        {series.map((line, s) => (
          <g key={line.name} class={`series-${s % 4}`}>
            <path d={pathOf(line.values, x, y)} />
            {line.values.map((value, i) =>
              value !== null && (i === shown || isolated(line.values, i)) ? (
                <circle key={i} cx={x(i)} cy={y(value)} r="2.5" />
              ) : null,
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** The value at a position, or the last known one. */
function told(values: readonly (number | null)[], at: number | null, show: (value: number) => string): string {
  const value = at === null ? values.findLast((each) => each !== null) : values[at];
  return value === null || value === undefined ? '–' : show(value);
}

const isolated = (values: readonly (number | null)[], i: number): boolean =>
  (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;

function pathOf(values: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let path = '';
  let pen = 'M';
  for (const [i, value] of values.entries()) {
    if (value === null) pen = 'M';
    else {
      path += `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}

/** Round values that enclose a range. */
function niceTicks(low: number, high: number, wanted: number): number[] {
  const range = high - low || Math.abs(high) || 1;
  const rough = range / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
