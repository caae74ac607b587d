import { type Chart, COLOURS, quantitative } from './chart.js';

export const roc: Chart = {
  name: 'roc',
  title: 'ROC',
  doc: 'Positives found against negatives wrongly picked, over all thresholds; the dashed line is chance.',
  spec: ({ evaluation }) =>
    evaluation.curves && {
      layer: [
        {
          data: {
            values: [
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ],
          },
          mark: { type: 'line', color: COLOURS.muted, strokeDash: [4, 4], strokeWidth: 1 },
          encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: evaluation.curves.roc.map((point) => ({ x: point.falsePositiveRate, y: point.truePositiveRate })) },
          mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 },
          encoding: {
            x: quantitative('x', 'False-positive rate', '.0%', [0, 1]),
            y: quantitative('y', 'True-positive rate', '.0%', [0, 1]),
            order: { field: 'x', type: 'quantitative' },
          },
        },
      ],
    },
};
