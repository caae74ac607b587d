import { type Chart, quantitative } from './chart.js';

export const drift: Chart = {
  name: 'drift',
  title: 'Drift by day',
  doc: 'Population stability index of each feature watched, against the training rows; a gap is insufficient data.',
  spec: (data) =>
    data.drift.length === 0
      ? null
      : {
          data: { values: data.drift },
          mark: { type: 'line', strokeWidth: 1.75, invalid: 'break-paths-show-path-domains' },
          encoding: {
            x: { field: 'day', type: 'temporal', scale: { type: 'utc' }, axis: { title: null, format: '%d %b' } },
            y: quantitative('psi', 'PSI', ',.4~r'),
            color: { field: 'feature', type: 'nominal', legend: { title: null, columns: 3 } },
          },
        },
};
