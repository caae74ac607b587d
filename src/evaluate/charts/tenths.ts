import { type Chart, COLOURS, diagonal, quantitative } from './chart.js';

export const tenths: Chart = {
  name: 'tenths',
  title: 'Predicted and observed',
  doc: 'Mean truth against mean prediction, by tenths of the rows in the order of their predictions; on the dashed line both agree.',
  spec: ({ evaluation }) => {
    const points = evaluation.residuals?.tenths ?? [];
    if (points.length === 0) return null;
    const ends = points.flatMap(({ predicted, observed }) => [predicted, observed]);
    const scale = { zero: false };
    const encoding = {
      x: { ...quantitative('predicted', 'Mean prediction', ',.4~r'), scale },
      y: { ...quantitative('observed', 'Mean truth', ',.4~r'), scale },
    };
    return {
      data: { values: points },
      layer: [
        diagonal(Math.min(...ends), Math.max(...ends)),
        { mark: { type: 'line', color: COLOURS.accent, strokeWidth: 1.5 }, encoding },
        { mark: { type: 'circle', color: COLOURS.accent, opacity: 1, size: 44 }, encoding },
      ],
    };
  },
};
