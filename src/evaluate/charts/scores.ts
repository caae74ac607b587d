import { type Chart, COLOURS, quantitative } from './chart.js';

export const scores: Chart = {
  name: 'scores',
  title: 'Scores',
  doc: 'How many rows got which score, by what came true.',
  spec: ({ evaluation }) => {
    const bins = evaluation.curves?.scores;
    if (!bins) return null;
    const width = bins.length > 1 ? bins[1].from - bins[0].from : 1;
    const values = bins.flatMap(({ from, positives, negatives }) => [
      { from, to: from + width, outcome: 'negative', rows: negatives },
      { from, to: from + width, outcome: 'positive', rows: positives },
    ]);
    return {
      data: { values },
      mark: { type: 'bar', binSpacing: 1 },
      encoding: {
        x: {
          ...quantitative('from', 'Score', '.0%', [0, 1]),
          axis: { title: 'Score', format: '.0%', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
          bin: { binned: true, step: width },
        },
        x2: { field: 'to' },
        y: { ...quantitative('rows', 'Rows', '~s'), stack: 'zero' },
        color: {
          field: 'outcome',
          type: 'nominal',
          scale: { domain: ['negative', 'positive'], range: [COLOURS.accent, COLOURS.second] },
          legend: { title: null },
        },
      },
    };
  },
};
