import { type Chart, COLOURS, quantitative } from './chart.js';

export const calibration: Chart = {
  name: 'calibration',
  title: 'Calibration',
  doc: 'What came true against what was predicted; on the dashed line probabilities mean what they say. Larger dots hold more rows.',
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
          data: { values: evaluation.curves.calibration },
          mark: { type: 'line', color: COLOURS.accent, strokeWidth: 1.5 },
          encoding: {
            x: quantitative('predicted', 'Predicted probability', '.0%', [0, 1]),
            y: quantitative('observed', 'Observed share', '.0%', [0, 1]),
          },
        },
        {
          data: { values: evaluation.curves.calibration },
          mark: { type: 'circle', color: COLOURS.accent, opacity: 1 },
          encoding: {
            x: { field: 'predicted', type: 'quantitative' },
            y: { field: 'observed', type: 'quantitative' },
            size: { field: 'rows', type: 'quantitative', legend: null, scale: { range: [20, 160] } },
          },
        },
      ],
    },
};
