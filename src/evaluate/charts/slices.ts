import { type Chart, COLOURS, quantitative } from './chart.js';

const MOST = 24;

export const slices: Chart = {
  name: 'slices',
  title: 'Slices',
  doc: 'The metric on the rows that share a value, worst first, with 95 % intervals; orange ones are worse beyond chance.',
  spec: ({ evaluation }) => {
    if (evaluation.slices.length === 0) return null;
    const values = evaluation.slices
      .toSorted((a, b) => b.drop - a.drop)
      .slice(0, MOST)
      .map(({ feature, slice, figure, significant }) => ({ name: `${feature} = ${slice}`, ...figure, significant }));
    const y = { field: 'name', type: 'nominal', sort: null, axis: { title: null, labelLimit: 260 } };
    const color = {
      field: 'significant',
      type: 'nominal',
      scale: { domain: [false, true], range: [COLOURS.accent, COLOURS.second] },
      legend: null,
    };
    return {
      width: 240,
      height: { step: 17 },
      data: { values },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 1.5 },
          encoding: {
            y,
            color,
            x: { ...quantitative('low', evaluation.slices[0].metric, '~g'), scale: { zero: false } },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'circle', size: 48, opacity: 1 },
          encoding: { y, color, x: { field: 'value', type: 'quantitative' } },
        },
      ],
    };
  },
};
