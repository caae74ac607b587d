import { type Chart, COLOURS, quantitative } from './chart.js';

export const value: Chart = {
  name: 'value',
  title: 'Value by threshold',
  doc: 'Mean pay-off a row when acting from a threshold on; the vertical line is the threshold used, the dashed line acting on no row.',
  spec: ({ evaluation }) =>
    evaluation.value && {
      layer: [
        {
          data: { values: [{ y: evaluation.value.none }] },
          mark: { type: 'rule', color: COLOURS.muted, strokeDash: [4, 4] },
          encoding: { y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: evaluation.value.byThreshold },
          mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 },
          encoding: {
            x: quantitative('threshold', 'Threshold', '.0%', [0, 1]),
            y: quantitative('perRow', `Value a row, ${evaluation.value.currency}`, '~g'),
          },
        },
        {
          data: { values: [{ x: Math.min(1, evaluation.threshold) }] },
          mark: { type: 'rule', color: COLOURS.second, strokeWidth: 1.5 },
          encoding: { x: { field: 'x', type: 'quantitative' } },
        },
      ],
    },
};
