import { count, figure, percent } from '../format.js';
import { html } from '../html.js';
import { figures, name, table } from '../table.js';
import type { Section } from './section.js';

const MOST = 100;

export const importances: Section = {
  id: 'importances',
  title: 'Feature importances',
  render: ({ importances: all }) =>
    all.length === 0
      ? null
      : html`<p>How much worse the model gets when the values of one feature are shuffled among the rows, mean and deviation over repeats. A figure near zero or below means that the model does not miss the feature. Gain is the share of the model's own importance, splits the share of its trees' splits.${
          all.length > MOST ? ` The ${MOST} largest of ${count(all.length)}.` : ''
        }</p>
<div class="columns">${halves(all.slice(0, MOST)).map(({ from, part }) =>
          table(
            `Feature importances from rank ${from + 1}`,
            [figures('Rank'), name('Feature'), figures('Loss'), figures('Deviation'), figures('Gain'), figures('Splits')],
            part.map(({ feature, drop, deviation, gain, splits }, i) => ({
              cells: [count(from + i + 1), feature, figure(drop), figure(deviation), share(gain), share(splits)],
            })),
          ),
        )}</div>
`,
};

const share = (value: number | null): string => (value === null ? '–' : percent(value));

/** Long lists stand in two columns. */
function halves<T>(all: readonly T[]): readonly { readonly from: number; readonly part: readonly T[] }[] {
  const middle = all.length > 20 ? Math.ceil(all.length / 2) : all.length;
  return [0, middle].filter((from) => from < all.length).map((from) => ({ from, part: all.slice(from, from + middle) }));
}
