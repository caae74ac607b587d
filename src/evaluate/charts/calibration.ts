import { type Chart, COLOURS, diagonal, quantitative } from './chart.js';

export const calibration: Chart = {
  name: 'calibration',
  title: 'Calibration',
  doc: 'What came true against what was predicted; on the dashed line probabilities mean what they say. Below, the rows behind each point.',
  spec: ({ evaluation }) =>
    evaluation.curves && evaluation.curves.calibration.length > 0
      ? {
          data: { values: evaluation.curves.calibration },
          spacing: 10,
          vconcat: [
            {
              height: 180,
              layer: [
                diagonal(0, 1),
                {
                  mark: { type: 'line', color: COLOURS.accent, strokeWidth: 1.5 },
                  encoding: {
                    x: { ...quantitative('predicted', '', '.0%', [0, 1]), axis: { title: null, labels: false, ticks: false } },
                    y: quantitative('observed', 'Observed share', '.0%', [0, 1]),
                  },
                },
                {
                  mark: { type: 'circle', color: COLOURS.accent, opacity: 1, size: 44 },
                  encoding: {
                    x: { field: 'predicted', type: 'quantitative' },
                    y: { field: 'observed', type: 'quantitative' },
                  },
                },
              ],
            },
            {
              height: 40,
              encoding: { x: quantitative('predicted', 'Predicted probability', '.0%', [0, 1]) },
              layer: [
                {
                  mark: { type: 'bar', color: COLOURS.accent, opacity: 0.45, width: 20 },
                  encoding: { y: { field: 'rows', type: 'quantitative', axis: null } },
                },
                {
                  mark: { type: 'text', color: COLOURS.muted, fontSize: 10, dy: -7 },
                  encoding: {
                    y: { field: 'rows', type: 'quantitative', axis: null },
                    text: { field: 'rows', type: 'quantitative', format: '.3~s' },
                  },
                },
              ],
            },
          ],
        }
      : null,
};
