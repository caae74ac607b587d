import { type Chart, COLOURS } from './chart.js';

const MOST = 12;
/** White, as text on the darkest cells in either theme. */
const LIGHT = '#ffffff';

export const confusion: Chart = {
  name: 'confusion',
  title: 'Confusion',
  doc: 'Rows by the class that came true and the class decided; darker is a larger share of the true class.',
  spec: ({ evaluation: { confusion: counts, classes } }) => {
    if (!counts || counts.length > MOST || !counts.some((row) => row.some((rows) => rows > 0))) return null;
    const many = counts.length > 4;
    const values = counts.flatMap((row, truth) => {
      const total = row.reduce((sum, rows) => sum + rows, 0);
      return row.map((rows, decided) => ({
        truth: classes[truth],
        decided: classes[decided],
        rows,
        share: total > 0 ? rows / total : 0,
        light: total > 0 && rows / total > 0.55,
      }));
    });
    const x = { field: 'decided', type: 'nominal', sort: null, axis: { title: 'Decided', labelAngle: many ? -45 : 0 } };
    const y = { field: 'truth', type: 'nominal', sort: null, axis: { title: 'Came true' } };
    return {
      data: { values },
      layer: [
        {
          mark: { type: 'rect', color: COLOURS.accent },
          encoding: {
            x,
            y,
            opacity: { field: 'share', type: 'quantitative', scale: { domain: [0, 1], range: [0.06, 0.95] }, legend: null },
          },
        },
        {
          mark: { type: 'text', fontSize: many ? 10 : 12 },
          encoding: {
            x,
            y,
            text: { field: 'rows', type: 'quantitative', format: many ? '.3~s' : ',' },
            color: { condition: { test: 'datum.light', value: LIGHT }, value: COLOURS.ink },
          },
        },
      ],
    };
  },
};
