import { type Chart, COLOURS, quantitative } from './chart.js';

export const value: Chart = {
  name: 'value',
  title: 'Value by threshold',
  doc: 'Mean pay-off a row when acting from a threshold on; the dashed lines are what acting on every row and on no row pay.',
  spec: ({ evaluation }) => {
    if (!evaluation.value) return null;
    const { all, none, currency, byThreshold } = evaluation.value;
    const { threshold } = evaluation;
    // A model may act on no row at all; then no threshold is marked.
    const used = Number.isFinite(threshold) && threshold >= 0 && threshold <= 1 ? [threshold] : [];
    const y = { field: 'y', type: 'quantitative' };
    const label = (text: string, height: number, below: boolean) => ({
      data: { values: [{ x: 1, y: height, text }] },
      mark: {
        type: 'text',
        align: 'right',
        baseline: below ? 'top' : 'bottom',
        dy: below ? 4 : -3,
        color: COLOURS.muted,
        fontSize: 10.5,
      },
      encoding: { x: { field: 'x', type: 'quantitative' }, y, text: { field: 'text', type: 'nominal' } },
    });
    return {
      layer: [
        {
          data: { values: [{ y: none }, { y: all }] },
          mark: { type: 'rule', color: COLOURS.muted, strokeDash: [4, 4] },
          encoding: { y },
        },
        {
          data: { values: byThreshold },
          mark: { type: 'line', color: COLOURS.accent, strokeWidth: 2 },
          encoding: {
            x: quantitative('threshold', 'Threshold', '.0%', [0, 1]),
            y: { ...quantitative('perRow', `Value a row, ${currency}`, ',.4~r'), scale: { padding: 14 } },
          },
        },
        {
          data: { values: used.map((x) => ({ x })) },
          mark: { type: 'rule', color: COLOURS.second, strokeWidth: 1.5 },
          encoding: { x: { field: 'x', type: 'quantitative' } },
        },
        {
          data: { values: used.map((x) => ({ x, text: `used: ${Number((x * 100).toPrecision(3))} %` })) },
          mark: {
            type: 'text',
            color: COLOURS.second,
            baseline: 'bottom',
            y: -4,
          },
          encoding: { x: { field: 'x', type: 'quantitative' }, text: { field: 'text', type: 'nominal' } },
        },
        label('acting on none', none, none < all),
        label('acting on all', all, all <= none),
      ],
    };
  },
};
