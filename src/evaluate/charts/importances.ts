import { type Chart, COLOURS, quantitative } from './chart.js';

const MOST = 20;

export const importances: Chart = {
  name: 'importances',
  title: 'Feature importance',
  doc: 'How much worse the model gets when the values of a feature are shuffled; the 20 largest.',
  spec: (data) => {
    if (data.importances.length === 0) return null;
    const values = data.importances.slice(0, MOST);
    return {
      width: 240,
      height: { step: 17 },
      data: { values },
      mark: { type: 'bar', color: COLOURS.accent, height: 11, cornerRadiusEnd: 2 },
      encoding: {
        y: { field: 'feature', type: 'nominal', sort: null, axis: { title: null, labelLimit: 260 } },
        x: quantitative('drop', 'Loss when shuffled', '~g'),
      },
    };
  },
};
