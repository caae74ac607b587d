import { type Chart, COLOURS, quantitative, type SearchTrials } from './chart.js';

type Tried = SearchTrials['trials'][number];

/** Parameters that are drawn, and how much larger than the least the largest value is where orders of magnitude are shown. */
const MOST = 8;
const MAGNITUDES = 20;

export const parameters: Chart = {
  name: 'parameters',
  title: 'Searched parameters',
  doc: 'Score of the trials of the chosen estimator by the value of each parameter that was searched; the ring is the trial that was chosen.',
  spec: ({ search }) => {
    const chosen = search?.trials.find((trial) => trial.chosen);
    if (!search || !chosen) return null;
    const tried = search.trials.filter(
      ({ estimator, score, share }) => estimator === chosen.estimator && Number.isFinite(score) && share === 1,
    );
    const names = varying(tried).slice(0, MOST);
    return names.length === 0 ? null : { columns: 2, spacing: 14, concat: names.map((name) => panel(name, tried, search.by)) };
  },
};

/** Names of the parameters that differ between the trials, in alphabetical order. */
function varying(tried: readonly Tried[]): string[] {
  const names = new Set(tried.flatMap(({ params }) => Object.keys(params)));
  return [...names].filter((name) => new Set(tried.map(({ params }) => String(params[name]))).size > 1).sort();
}

function panel(name: string, tried: readonly Tried[], by: string) {
  const values = tried.map(({ params, score, chosen }) => ({ value: params[name], score, chosen }));
  const numbers = values.every(({ value }) => typeof value === 'number');
  const title = { title: name, titleLimit: 150 };
  const x = numbers
    ? {
        field: 'value',
        type: 'quantitative',
        axis: { ...title, format: ',.3~r', tickCount: 3 },
        scale: { zero: false, ...(spansMagnitudes(values.map(({ value }) => value as number)) ? { type: 'log' } : {}) },
      }
    : { field: 'value', type: 'nominal', axis: { ...title, labelAngle: 0 } };
  const y = { ...quantitative('score', by, ',.4~r'), scale: { zero: false } };
  const encoding = { x, y: { ...y, axis: { ...y.axis, tickCount: 3 } } };
  return {
    width: 130,
    height: 100,
    data: { values },
    layer: [
      { mark: { type: 'circle', size: 30, opacity: 0.8, color: COLOURS.accent }, encoding },
      {
        data: { values: values.filter(({ chosen }) => chosen) },
        mark: { type: 'point', size: 110, filled: false, color: COLOURS.ink, strokeWidth: 1.5 },
        encoding,
      },
    ],
  };
}

function spansMagnitudes(values: readonly number[]): boolean {
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) / low >= MAGNITUDES;
}
