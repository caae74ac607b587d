import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { random } from '../../base/random.js';
import { columnFrom, type StringColumn } from '../../frame/column.js';
import { evaluate } from '../evaluate.js';
import { CHARTS, chartOf } from './catalogue.js';
import type { ChartData } from './chart.js';
import { renderChart } from './render-chart.js';

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

function sample(names: { readonly feature: string; readonly category: string }): ChartData {
  const source = random(3);
  const rows = 3000;
  const probability = Float64Array.from({ length: rows }, () => source.next() ** 2);
  const target = probability.map((p) => (source.next() < p ? 1 : 0));
  const carriers = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? names.category : i % 3 === 1 ? 'north' : 'south'));
  const value = {
    kind: 'value',
    truePositive: 20,
    falsePositive: -6,
    falseNegative: -10,
    trueNegative: 0,
    capacity: 0.5,
    currency: 'EUR',
  } as const;
  const evaluation = evaluate({
    task: 'binary',
    classes: ['on time', 'late'],
    target,
    predictions: probability,
    threshold: 0.4,
    value,
    slices: [{ feature: names.feature, metric: 'auc', column: columnFrom('string', carriers) as StringColumn }],
    seed: 7,
  });
  const day = 86_400_000;
  return {
    evaluation,
    importances: Array.from({ length: 60 }, (_, i) => ({
      feature: i === 0 ? names.feature : `late_rate_by_route_${i}h`,
      drop: 0.09 / (i + 1),
      deviation: 0.001,
    })),
    daily: Array.from({ length: 40 }, (_, i) => ({
      day: Date.UTC(2001, 4, 1) + i * day,
      metric: 'auc',
      value: i === 20 ? null : 0.76 + 0.02 * Math.sin(i / 4),
    })),
    drift: Array.from({ length: 80 }, (_, i) => ({
      day: Date.UTC(2001, 4, 1) + (i >> 1) * day,
      feature: i % 2 === 0 ? names.feature : 'lateRate_24h',
      psi: 0.02 + 0.001 * i,
    })),
  };
}

const plain = sample({ feature: 'carrier', category: 'west' });

describe.each(CHARTS.map((chart) => [chart.name, chart] as const))('chart %s', (name, chart) => {
  test('is drawn from full data, the same each time, and is left out when there is nothing to show', async () => {
    expect(chartOf(name)).toBe(chart);
    const spec = chart.spec(plain);
    if (!spec) throw new Error('no specification');
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const svg = await renderChart(spec);
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('<path');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect((await renderChart(spec)) === svg).toBe(true);
    const nothing: ChartData = {
      ...plain,
      importances: [],
      daily: [],
      drift: [],
      evaluation: { ...plain.evaluation, curves: null, value: null, slices: [], confusion: null },
    };
    expect(chart.spec(nothing)).toBeNull();
  });
});

test('hostile names stay text', async () => {
  const hostile = sample({ feature: HOSTILE, category: HOSTILE });
  for (const name of ['importances', 'slices', 'drift']) {
    const spec = chartOf(name).spec(hostile);
    if (!spec) throw new Error('no specification');
    const svg = await renderChart(spec);
    expect(svg).toContain('&lt;script');
    expect(svg).not.toMatch(/<script|<img|<image/i);
  }
});

test('charts of one page have ids of their own', async () => {
  const spec = chartOf('importances').spec(plain);
  if (!spec) throw new Error('no specification');
  const ids = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const both = [...ids(await renderChart(spec, 'a')), ...ids(await renderChart(spec, 'b'))];
  expect(both.length).toBeGreaterThan(0);
  expect(new Set(both).size).toBe(both.length);
});

test('a chart cannot load anything, and a wrong one or an unknown name is a coded error', async () => {
  const loading = {
    data: { url: 'package.json', format: { type: 'json' } },
    mark: 'point',
    encoding: { x: { field: 'name', type: 'nominal' } },
  };
  expect(await renderChart(loading)).not.toContain('millwright');
  await expect(renderChart({ mark: 'no such mark', data: { values: [] } })).rejects.toMatchObject({ code: 'MW_CHART_INVALID' });
  expect(() => chartOf('rok')).toThrow(MillwrightError);
  expect(() => chartOf('rok')).toThrow("Did you mean 'roc'?");
});
