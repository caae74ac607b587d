import { type Chart, COLOURS } from './chart.js';

export const scores: Chart = {
  name: 'scores',
  title: 'Scores',
  doc: 'How many rows got which score, by what came true.',
  spec: ({ evaluation: { curves, classes } }) => {
    const bins = curves?.scores;
    if (!bins || bins.length === 0) return null;
    const width = bins.length > 1 ? bins[1].from - bins[0].from : 1;
    const [negative = 'negative', positive = 'positive'] = classes;
    const values = bins.flatMap((bin) => [
      { from: bin.from, to: bin.from + width, outcome: negative, rows: bin.negatives },
      { from: bin.from, to: bin.from + width, outcome: positive, rows: bin.positives },
    ]);
    return {
      data: { values },
      mark: { type: 'bar', binSpacing: 1 },
      encoding: {
        x: {
          field: 'from',
          type: 'quantitative',
          scale: { domain: [0, 1], nice: false },
          axis: { title: 'Score', format: '.0%', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
          bin: { binned: true, step: width },
        },
        x2: { field: 'to' },
        y: { field: 'rows', type: 'quantitative', axis: { title: 'Rows', format: '~s' }, stack: 'zero' },
        color: {
          field: 'outcome',
          type: 'nominal',
          scale: { domain: [negative, positive], range: [COLOURS.accent, COLOURS.second] },
          legend: { title: null },
        },
      },
    };
  },
};
