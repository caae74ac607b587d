import { type Chart, COLOURS, quantitative } from './chart.js';

export const learningCurve: Chart = {
  name: 'learningCurve',
  title: 'Learning curve',
  doc: 'Score on the validation rows of the chosen parameters by the training rows; where it still rises at its end, more rows would help.',
  spec: ({ learning }) => {
    const points = learning?.points.filter(({ score }) => Number.isFinite(score)) ?? [];
    if (!learning || points.length < 2) return null;
    const encoding = {
      x: { ...quantitative('rows', 'Training rows', ',.3~s'), scale: { type: 'log', nice: false } },
      y: { ...quantitative('score', `${learning.by} (validation)`, ',.4~r'), scale: { zero: false } },
    };
    return {
      data: { values: points },
      layer: [
        { mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 }, encoding },
        { mark: { type: 'circle', color: COLOURS.accent, opacity: 1, size: 48 }, encoding },
      ],
    };
  },
};
