import { type Chart, COLOURS, diagonal, isDefined, quantitative } from './chart.js';

export const roc: Chart = {
  name: 'roc',
  title: 'ROC',
  doc: 'Positives found against negatives wrongly picked, over all thresholds; the dashed line is chance.',
  spec: ({ evaluation }) =>
    evaluation.curves && isDefined(evaluation, 'auc')
      ? {
          layer: [
            diagonal(0, 1),
            {
              data: {
                values: evaluation.curves.roc.map((point) => ({ x: point.falsePositiveRate, y: point.truePositiveRate })),
              },
              mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 },
              encoding: {
                x: quantitative('x', 'False-positive rate', '.0%', [0, 1]),
                y: quantitative('y', 'True-positive rate', '.0%', [0, 1]),
                order: { field: 'x', type: 'quantitative' },
              },
            },
          ],
        }
      : null,
};
