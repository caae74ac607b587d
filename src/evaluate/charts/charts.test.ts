import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import type { Task } from '../../define/plan.js';
import { chartData } from '../report/sections/charts.js';
import { sampleReport } from '../report/testing/sample-report.js';
import { markupFault } from '../report/testing/well-formed.js';
import { CHARTS, chartOf } from './catalogue.js';
import type { ChartData } from './chart.js';
import { renderChart } from './render-chart.js';

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)> id="clip1" fill="#3559c7" &amp;`;

const DAY = 86_400_000;

/** The charts' data of a model and its first forty days of service. */
function sample(task: Task, name?: string): ChartData {
  return {
    ...chartData(sampleReport(task, name === undefined ? { rows: 1500 } : { rows: 1500, name })),
    daily: Array.from({ length: 40 }, (_, i) => ({
      day: Date.UTC(2001, 4, 1) + i * DAY,
      metric: 'auc',
      value: i === 20 ? null : 0.76 + 0.02 * Math.sin(i / 4),
    })),
    drift: Array.from({ length: 80 }, (_, i) => ({
      day: Date.UTC(2001, 4, 1) + (i >> 1) * DAY,
      feature: i % 2 === 0 ? (name ?? 'carrier') : 'lateRate_24h',
      psi: 0.02 + 0.001 * i,
    })),
  };
}

const EVERY_TASK = ['importances', 'slices', 'trials', 'parameters', 'learningCurve', 'daily', 'drift'];
const DRAWN: Readonly<Record<Task, readonly string[]>> = {
  binary: ['roc', 'pr', 'calibration', 'scores', 'value', 'confusion', ...EVERY_TASK],
  multiclass: ['confusion', ...EVERY_TASK],
  regression: ['residuals', 'tenths', ...EVERY_TASK],
};

const plain = sample('binary');

describe.each(['binary', 'multiclass', 'regression'] as const)('charts of a %s problem', (task) => {
  const full = sample(task);
  const nothing: ChartData = {
    importances: [],
    search: null,
    learning: null,
    daily: [],
    drift: [],
    evaluation: { ...full.evaluation, curves: null, value: null, slices: [], confusion: null, residuals: null },
  };

  test.each(CHARTS.map((chart) => [chart.name, chart] as const))('%s', async (name, chart) => {
    expect(chartOf(name)).toBe(chart);
    expect(chart.spec(nothing)).toBeNull();
    const spec = chart.spec(full);
    if (!DRAWN[task].includes(name)) {
      expect(spec).toBeNull();
      return;
    }
    if (!spec) throw new Error('no specification');
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const svg = await renderChart(spec, 'one', chart);
    expect(svg).toMatch(/^<svg role="img" /);
    expect(markupFault(svg)).toBeNull();
    expect(svg).toContain('<path');
    expect(svg).not.toMatch(/NaN|undefined|Infinity|null/);
    // Every colour is of the theme: none is left that only one of light and dark can show.
    expect(svg.replace(/var\(--\w+, #[0-9a-f]{6}\)/g, '').replaceAll('"#ffffff"', '')).not.toMatch(
      /="#[0-9a-f]{3,6}"|="rgb|="(?:black|white)"/,
    );
    expect((await renderChart(spec, 'one', chart)) === svg).toBe(true);
  });
});

test('hostile names stay text', async () => {
  const hostile = sample('binary', HOSTILE);
  for (const name of ['importances', 'slices', 'scores', 'confusion', 'value', 'drift']) {
    const spec = chartOf(name).spec(hostile);
    if (!spec) throw new Error('no specification');
    const svg = await renderChart(spec);
    expect(markupFault(svg)).toBeNull();
    expect(svg).toContain('&lt;script');
    expect(svg).not.toMatch(/<script|<img|<image/i);
  }
});

test('a name that looks like markup of the renderer is not rewritten', async () => {
  const spec = {
    data: { values: [{ x: 'a id="clip7" fill="#3559c7" url(#clip7)' }] },
    mark: 'text',
    encoding: { text: { field: 'x', type: 'nominal' } },
  };
  expect(await renderChart(spec)).toContain('>a id="clip7" fill="#3559c7" url(#clip7)<');
});

test('slices by different metrics do not share an axis', () => {
  const [first, ...others] = plain.evaluation.slices;
  if (!first) throw new Error('no slices');
  const mixed = { ...plain, evaluation: { ...plain.evaluation, slices: [{ ...first, metric: 'recall' }, ...others] } };
  const { data } = chartOf('slices').spec(mixed) as { data: { values: { name: string }[] } };
  expect(data.values.map(({ name }) => name)).not.toContain(`${first.feature} = ${first.slice}`);
  expect(data.values).toHaveLength(15);
});

test('charts of one page have ids of their own', async () => {
  const spec = chartOf('importances').spec(plain);
  if (!spec) throw new Error('no specification');
  const ids = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const both = [...ids(await renderChart(spec, 'a')), ...ids(await renderChart(spec, 'b'))];
  expect(both.length).toBeGreaterThan(0);
  expect(new Set(both).size).toBe(both.length);
});

test('values that every object has as keys are drawn like any others', async () => {
  const values = ['__proto__', 'toString', 'constructor', 'plain'].map((name, i) => ({ name, size: i + 1 }));
  const svg = await renderChart({
    data: { values },
    mark: 'bar',
    encoding: {
      x: { field: 'size', type: 'quantitative', stack: true },
      y: { field: 'name', type: 'nominal', sort: values.map(({ name }) => name) },
      color: { field: 'name', type: 'nominal' },
    },
  });
  for (const { name } of values) expect(svg).toContain(name);
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
