import type { SliceFigure } from '../evaluation.js';
import { type Chart, COLOURS, quantitative } from './chart.js';

const MOST = 15;

export const slices: Chart = {
  name: 'slices',
  title: 'Worst slices',
  doc: 'The metric on the rows that share a value, worst first, with 95 % intervals; orange ones are worse beyond chance, the dashed line is all rows.',
  spec: ({ evaluation }) => {
    const metric = commonMetric(evaluation.slices);
    if (metric === null) return null;
    const values = evaluation.slices
      .filter((slice) => slice.metric === metric)
      .toSorted((a, b) => b.drop - a.drop)
      .slice(0, MOST)
      .map(({ feature, slice, figure, significant }) => ({
        name: `${feature} = ${slice}`,
        value: figure.value,
        low: figure.low ?? figure.value,
        high: figure.high ?? figure.value,
        significant,
      }));
    const whole = evaluation.metrics[metric]?.value ?? null;
    const y = { field: 'name', type: 'nominal', sort: null, axis: { title: null, labelLimit: 200, labelColor: COLOURS.ink } };
    const color = {
      field: 'significant',
      type: 'nominal',
      scale: { domain: [false, true], range: [COLOURS.accent, COLOURS.second] },
      legend: null,
    };
    const x = { ...quantitative('low', metric, ',.4~r'), scale: { zero: false } };
    return {
      width: 230,
      height: { step: 17 },
      data: { values },
      layer: [
        {
          data: { values: whole === null ? [] : [{ whole }] },
          mark: { type: 'rule', color: COLOURS.muted, strokeDash: [4, 4] },
          encoding: { x: { ...x, field: 'whole' } },
        },
        { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y, color, x, x2: { field: 'high' } } },
        {
          mark: { type: 'circle', size: 48, opacity: 1 },
          encoding: { y, color, x: { field: 'value', type: 'quantitative' } },
        },
      ],
    };
  },
};

/** The metric that most slices are compared by; figures of different metrics do not go on one axis. */
function commonMetric(all: readonly SliceFigure[]): string | null {
  const counts = new Map<string, number>();
  for (const { metric } of all) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  let most: string | null = null;
  for (const [metric, count] of counts) if (most === null || count > (counts.get(most) as number)) most = metric;
  return most;
}
