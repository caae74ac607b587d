import { type Chart, quantitative } from './chart.js';

export const daily: Chart = {
  name: 'daily',
  title: 'Quality by day',
  doc: 'Metrics of each day, once its truth is known; a gap is a day with too little data.',
  spec: (data) =>
    data.daily.length === 0
      ? null
      : {
          data: { values: data.daily },
          mark: { type: 'line', strokeWidth: 1.75, invalid: 'break-paths-show-path-domains' },
          encoding: {
            x: { field: 'day', type: 'temporal', scale: { type: 'utc' }, axis: { title: null, format: '%d %b' } },
            y: { ...quantitative('value', 'Metric', ',.4~r'), scale: { zero: false } },
            color: { field: 'metric', type: 'nominal', legend: { title: null } },
          },
        },
};
