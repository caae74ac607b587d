import { type Chart, COLOURS, isDefined, quantitative } from './chart.js';

export const pr: Chart = {
  name: 'pr',
  title: 'Precision and recall',
  doc: 'How pure the picked rows are, by the share of positives found; the dashed line is the base rate.',
  spec: ({ evaluation }) =>
    evaluation.curves && isDefined(evaluation, 'prauc')
      ? {
          layer: [
            {
              data: { values: [{ y: evaluation.baseRate }] },
              mark: { type: 'rule', color: COLOURS.muted, strokeDash: [4, 4] },
              encoding: { y: { field: 'y', type: 'quantitative' } },
            },
            {
              data: { values: evaluation.curves.precisionRecall },
              mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 },
              encoding: {
                x: quantitative('recall', 'Recall', '.0%', [0, 1]),
                y: quantitative('precision', 'Precision', '.0%', [0, 1]),
                order: { field: 'recall', type: 'quantitative' },
              },
            },
          ],
        }
      : null,
};
