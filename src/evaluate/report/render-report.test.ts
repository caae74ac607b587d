import { describe, expect, test } from 'vitest';
import { evaluate } from '../evaluate.js';
import { renderReport } from './render-report.js';
import type { ReportData } from './report-data.js';
import { type SampleOptions, sampleReport } from './testing/sample-report.js';
import { markupFault } from './testing/well-formed.js';

/** Characters that no document may contain. */
const ILLEGAL = [String.fromCharCode(0), String.fromCharCode(7), String.fromCharCode(0xd800)];
const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script></style>'&amp;${ILLEGAL.join('.')}`;
const TASKS = ['binary', 'multiclass', 'regression'] as const;

const samples = new Map<string, ReportData>();
function sample(task: (typeof TASKS)[number], options: SampleOptions = {}): ReportData {
  const key = task + JSON.stringify(options);
  if (!samples.has(key)) samples.set(key, sampleReport(task, { rows: 1500, ...options }));
  return samples.get(key) as ReportData;
}

const sectionsOf = (page: string) => [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
const chartsOf = (page: string) => [...page.matchAll(/<figure id="chart-([^"]+)"/g)].map(([, id]) => id);
/** The text of the page in one line, as it is read. */
const read = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

/** A text as the page holds it. */
function shown(text: string): string {
  const named = [
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ["'", '&#39;'],
  ] as const;
  let out = text;
  for (const [character, name] of named) out = out.replaceAll(character, name);
  for (const character of ILLEGAL) out = out.replaceAll(character, '\ufffd');
  return out;
}

describe.each(TASKS)('report of a %s problem', (task) => {
  const data = sample(task);

  test('has the sections and charts that apply, in well-formed markup', async () => {
    const page = await renderReport(data);
    expect(markupFault(page)).toBeNull();
    expect(sectionsOf(page)).toEqual(
      [
        'verdict',
        'metrics',
        'charts',
        'classes',
        'slices',
        'importances',
        'candidates',
        'latency',
        'data',
        'lineage',
        'warnings',
      ].filter((id) => id !== 'classes' || task === 'multiclass'),
    );
    expect(chartsOf(page)).toEqual(
      {
        binary: [
          'roc',
          'pr',
          'calibration',
          'scores',
          'value',
          'confusion',
          'slices',
          'importances',
          'trials',
          'parameters',
          'learningCurve',
        ],
        multiclass: ['confusion', 'slices', 'importances', 'trials', 'parameters', 'learningCurve'],
        regression: ['residuals', 'tenths', 'slices', 'importances', 'trials', 'parameters', 'learningCurve'],
      }[task],
    );
  });

  test('is one file that loads nothing, runs nothing and stays under a megabyte', async () => {
    const page = await renderReport(data);
    expect(data.features).toBe(66);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page).not.toMatch(/<script|<link|<img|<image|<iframe|<object|@import|@font-face|\son\w+=|url\((?!#)/i);
    expect(page.replace(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|file:|data:|javascript:/);
    expect(page).toContain(`default-src 'none'`);
  });

  test('is the same bytes for the same data, whatever was drawn before', async () => {
    const first = await renderReport(data);
    await renderReport(sample(task, { trials: 3 }));
    expect((await renderReport(structuredClone(data))) === first).toBe(true);
  });

  test('names are text wherever they stand, in charts too', async () => {
    const data = sample(task, { name: HOSTILE });
    const page = await renderReport(data);
    expect(markupFault(page)).toBeNull();
    const tags = page.match(/<[a-z]+/gi)?.map((tag) => tag.toLowerCase()) ?? [];
    expect(tags).not.toContain('<script');
    expect(tags).not.toContain('<img');
    for (const character of ILLEGAL) expect(page).not.toContain(character);
    for (const svg of page.match(/<figure id="chart-(?:slices|importances)".*?<\/figure>/gs) ?? [])
      expect(svg).toContain('&lt;img');
    const told = read(page);
    for (const text of [data.system, data.problem.objective, data.warnings[0] as string]) expect(told).toContain(shown(text));
  });

  test('ids are unique and every reference to one is met', async () => {
    const page = await renderReport(data);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id as string);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [
      ...[...page.matchAll(/(?:href="|url\()#([^")]+)/g)].map(([, id]) => id as string),
      ...[...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, all]) => (all as string).split(' ')),
    ];
    expect(referred.length).toBeGreaterThan(10);
    for (const id of referred) expect(ids).toContain(id);
  });

  test('charts are named for those who cannot see them, tables have captions and headings', async () => {
    const page = await renderReport(data);
    const svgs = page.match(/<svg role="img" aria-labelledby="[^"]+" [^>]*><title/g) ?? [];
    expect(svgs.length).toBe(chartsOf(page).length);
    expect(svgs.length).toBe((page.match(/<svg/g) ?? []).length);
    const tables = page.match(/<table>.*?<\/table>/gs) ?? [];
    expect(tables.length).toBeGreaterThan(4);
    for (const table of tables) {
      expect(table).toMatch(/^<table><caption>[^<]+<\/caption><thead><tr><th scope="col"/);
      const columns = (table.match(/<th scope="col"/g) ?? []).length;
      for (const row of table.match(/<tr[^>]*>.*?<\/tr>/gs) ?? [])
        expect((row.match(/<t[hd][ >]/g) ?? []).length).toBe(columns);
    }
  });
});

describe('what a report says', () => {
  const data = sample('binary');

  test('the gates with their figures, and refuses when one of them failed', async () => {
    const failed = data.gates.filter(({ passed }) => !passed).length;
    expect(failed).toBeGreaterThan(0);
    const page = read(await renderReport(data));
    expect(page).toContain(`Refused: ${failed} of 4 gates failed.`);
    expect(page).toContain('p99 within 5 ms 6.30 µs ✓ passed');
    const passing = { ...data, gates: data.gates.filter(({ passed }) => passed) };
    expect(read(await renderReport(passing))).toContain('Accepted: all');
    expect(read(await renderReport({ ...data, gates: [] }))).toContain('nothing was asked of this model');
    const unjudged = { ...(data.gates[0] as ReportData['gates'][number]), passed: false, figure: null };
    expect(read(await renderReport({ ...data, gates: [unjudged] }))).toContain('insufficient data ✗ failed');
  });

  test('checks of a contract that failed stand in the open, those that passed are folded away', async () => {
    const page = await renderReport(data);
    const folded = [...page.matchAll(/<details>(.*?)<\/details>/gs)].map(([, inside]) => inside as string);
    expect(folded).toHaveLength(1);
    expect(read(folded[0] as string)).toMatch(/1 of 2 checks of the contract passed .*origin is never missing fail ✓ passed/);
    expect(folded[0]).not.toContain('distance is between');
    expect(read(page)).toContain('distance is between 1 and 6000 quarantine ✗ failed');
  });

  test('every metric with its interval, beside the validation figure', async () => {
    const page = read(await renderReport(data));
    for (const [name, { value, low, high }] of Object.entries(data.evaluation.metrics)) {
      const shown = [value, low, high, data.validation[name]].map((figure) =>
        figure === 0 ? '0' : (figure as number).toPrecision(4),
      );
      expect(page).toContain(`${name} ${shown[0]} ${shown[1]} to ${shown[2]} ${shown[3]} `);
    }
  });

  test('rivals and the chosen one on the test rows, trials in the order of their scores', async () => {
    const page = await renderReport(data);
    const [rivals, trials] = page.match(/<table><caption>(?:Rivals|Trials).*?<\/table>/gs) as [string, string];
    const rows = (table: string) => [...table.matchAll(/<td class="n">(\d+)<\/td><td>(.*?)<\/td><td class="n">([^<]*)</g)];
    expect(rows(rivals).map(([, number]) => number)).toHaveLength(3);
    expect(rivals).toContain('logistic');
    expect(trials.match(/chosen/g)).toHaveLength(1);
    const scores = rows(trials).map(([, , , score]) => Number((score as string).replace('−', '-')));
    expect(scores).toHaveLength(20);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('where the rows come from: sources, quarantine, time and hashes', async () => {
    const page = read(await renderReport(data));
    for (const text of [
      'Rows 3,000,000',
      'Quarantined 1,234 (0.0411 % of the rows read)',
      '2001-01-01 00:00 UTC to 2001-06-30 23:59 UTC',
      'distance is between 1 and 6000 quarantine ✗ failed',
      data.lineage.pipeline,
      data.lineage.plan,
      data.lineage.code,
      data.warnings[0] as string,
      'acting rightly 40, acting wrongly −12, a miss −2, rightly leaving alone 0 USD a row; capacity 30.0 %',
      'p99 within 20 ms: ✓ kept',
    ])
      expect(page).toContain(text);
  });

  test('when there was no test part, that the validation rows also chose the model', async () => {
    const page = read(await renderReport({ ...data, evaluatedOn: 'validation' }));
    expect(page).toContain('were also used to choose the model');
    expect(page).not.toContain('nothing was learnt or chosen from');
  });
});

describe('degenerate data', () => {
  const data = sample('binary');
  const empty = {
    ...data,
    candidates: [],
    learning: [],
    gates: [],
    importances: [],
    sources: [],
    warnings: [],
    validation: {},
  } satisfies ReportData;
  const judge = (target: number[], predictions: number[]) =>
    evaluate({
      task: 'binary',
      classes: ['no', 'yes'],
      target: Float64Array.from(target),
      predictions: Float64Array.from(predictions),
      threshold: 0.5,
      value: null,
      slices: [],
    });

  test('no rows, one class, no value, no slices: a page without the charts that are not defined', async () => {
    const none = await renderReport({ ...empty, evaluation: judge([], []) });
    expect(chartsOf(none)).toEqual([]);
    expect(sectionsOf(none)).toEqual(
      ['verdict', 'metrics', 'latency', 'data', 'lineage', 'warnings'].filter((id) => id !== 'data'),
    );
    const one = await renderReport({ ...empty, evaluation: judge([1, 1, 1], [0.2, 0.5, 0.9]) });
    expect(chartsOf(one)).not.toContain('roc');
    expect(chartsOf(one)).toContain('confusion');
    expect(read(one)).toContain('auc not defined – – higher');
    for (const page of [none, one]) {
      expect(markupFault(page)).toBeNull();
      expect(read(page)).not.toMatch(/NaN|undefined|null|Infinity/);
    }
  });

  test('figures that storage turned into null or left out are shown as absent', async () => {
    const stored = JSON.parse(
      JSON.stringify({
        ...data,
        validation: { auc: Number.NaN },
        candidates: data.candidates.map((candidate) => ({ ...candidate, validation: { value: Number.NaN } })),
        latency: { mean: Number.NaN, p50: Number.NaN, p99: Number.NaN },
        evaluation: {
          ...data.evaluation,
          metrics: Object.fromEntries(
            Object.keys(data.evaluation.metrics).map((name) => [name, { value: null, low: null, high: null }]),
          ),
        },
      }),
    ) as ReportData;
    const page = await renderReport(stored);
    expect(markupFault(page)).toBeNull();
    expect(read(page)).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(chartsOf(page)).not.toContain('trials');
    expect(read(page)).toContain('p99 within 20 ms: not measured');
  });

  test('a threshold that nothing reaches', async () => {
    const page = await renderReport({ ...data, evaluation: { ...data.evaluation, threshold: Number.POSITIVE_INFINITY } });
    expect(read(page)).toContain('acts on no row');
    expect(read(page)).not.toMatch(/Infinity/);
  });
});
