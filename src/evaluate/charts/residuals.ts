import { type Chart, COLOURS, quantitative } from './chart.js';

export const residuals: Chart = {
  name: 'residuals',
  title: 'Residuals',
  doc: 'Prediction minus truth: that share of the rows has a residual up to the one shown.',
  spec: ({ evaluation }) => {
    if (!evaluation.residuals) return null;
    const values = evaluation.residuals.quantiles.map(({ share, residual }) => ({
      share: `${Math.round(share * 100)} %`,
      residual,
      over: residual > 0,
    }));
    const y = { field: 'share', type: 'nominal', sort: null, axis: { title: 'Share of rows' } };
    const x = quantitative('residual', 'Prediction minus truth', ',.4~r');
    return {
      height: { step: 26 },
      data: { values },
      layer: [
        {
          mark: { type: 'bar', height: 14, cornerRadiusEnd: 2 },
          encoding: {
            y,
            x,
            color: {
              field: 'over',
              type: 'nominal',
              scale: { domain: [false, true], range: [COLOURS.accent, COLOURS.second] },
              legend: null,
            },
          },
        },
        {
          data: { values: [{ zero: 0 }] },
          mark: { type: 'rule', color: COLOURS.muted },
          encoding: { x: { field: 'zero', type: 'quantitative' } },
        },
      ],
    };
  },
};
