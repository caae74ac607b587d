import { count, figure, interval } from '../format.js';
import { html } from '../html.js';
import { figures, name, table, text } from '../table.js';
import type { Section } from './section.js';

const MOST = 60;

export const slices: Section = {
  id: 'slices',
  title: 'Slices',
  render: ({ evaluation: { slices: all } }) => {
    if (all.length === 0) return null;
    const worse = all.filter(({ significant }) => significant).length;
    const shown = all.toSorted((a, b) => b.drop - a.drop).slice(0, MOST);
    return html`<p>Rows that share a value of a feature, worst first${
      all.length > MOST ? `; the ${MOST} worst of ${count(all.length)}` : ''
    }. ${worse === 0 ? 'None is' : `${count(worse)} of ${count(all.length)} ${worse === 1 ? 'is' : 'are'}`} worse than all rows beyond chance (5\u00a0% false discoveries).</p>
${table(
  'Slices',
  [
    name('Slice'),
    figures('Rows'),
    text('Metric'),
    figures('Figure'),
    figures('95 % interval'),
    figures('Worse by'),
    text('Beyond chance'),
  ],
  shown.map((slice) => ({
    cells: [
      `${slice.feature} = ${slice.slice}`,
      count(slice.rows),
      slice.metric,
      figure(slice.figure.value),
      interval(slice.figure),
      figure(slice.drop),
      slice.significant ? html`<span class="bad">worse</span>` : 'no',
    ],
  })),
)}`;
  },
};
