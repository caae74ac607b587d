import { metricOf } from '../../stats/metrics/catalogue.js';
import { type Chart, COLOURS, quantitative } from './chart.js';

export const trials: Chart = {
  name: 'trials',
  title: 'Search',
  doc: 'Score of each trial on the validation rows; the line is the best so far, the ring the trial that was chosen. Faint ones were given a part of the rounds or rows.',
  spec: ({ search }) => {
    const points = (search?.trials ?? []).filter(({ score }) => Number.isFinite(score));
    if (search === null || points.length === 0) return null;
    const sign = search.by === 'value' || metricOf(search.by).better === 'higher' ? 1 : -1;
    let best = Number.NEGATIVE_INFINITY;
    const values = points.map((point) => {
      if (point.share === 1) best = Math.max(best, sign * point.score);
      const { number, estimator, score, share, chosen } = point;
      return {
        number,
        estimator,
        score,
        chosen,
        whole: share === 1,
        best: best === Number.NEGATIVE_INFINITY ? null : sign * best,
      };
    });
    const x = {
      field: 'number',
      type: 'quantitative',
      axis: { title: 'Trial', format: 'd', tickMinStep: 1 },
      scale: { zero: false },
    };
    const y = { ...quantitative('score', `${search.by} (validation)`, ',.4~r'), scale: { zero: false } };
    return {
      data: { values },
      layer: [
        {
          mark: { type: 'line', interpolate: 'step-after', color: COLOURS.muted, strokeWidth: 1, strokeDash: [4, 4] },
          encoding: { x, y: { ...y, field: 'best' } },
        },
        {
          mark: { type: 'circle', size: 52 },
          encoding: {
            x,
            y,
            opacity: { condition: { test: 'datum.whole', value: 1 }, value: 0.3 },
            color: { field: 'estimator', type: 'nominal', sort: null, legend: { title: null, columns: 3 } },
          },
        },
        {
          data: { values: values.filter(({ chosen }) => chosen) },
          mark: { type: 'point', size: 170, filled: false, color: COLOURS.ink, strokeWidth: 1.5 },
          encoding: { x, y },
        },
      ],
    };
  },
};
