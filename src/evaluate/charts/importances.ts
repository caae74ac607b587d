import { type Chart, COLOURS, quantitative } from './chart.js';

const MOST = 20;

export const importances: Chart = {
  name: 'importances',
  title: 'Feature importance',
  doc: 'How much worse the model gets when the values of a feature are shuffled; the 20 largest, with the deviation over repeats.',
  spec: (data) => {
    if (data.importances.length === 0) return null;
    const values = data.importances
      .slice(0, MOST)
      .map(({ feature, drop, deviation }) => ({ feature, drop, low: drop - deviation, high: drop + deviation }));
    const y = {
      field: 'feature',
      type: 'nominal',
      sort: null,
      axis: { title: null, labelLimit: 200, labelColor: COLOURS.ink },
    };
    return {
      width: 230,
      height: { step: 17 },
      data: { values },
      layer: [
        {
          mark: { type: 'bar', color: COLOURS.accent, height: 10, cornerRadiusEnd: 2 },
          encoding: { y, x: quantitative('drop', 'Loss when shuffled', ',.4~r') },
        },
        {
          mark: { type: 'rule', color: COLOURS.second, strokeWidth: 1.5 },
          encoding: { y, x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
        },
      ],
    };
  },
};
