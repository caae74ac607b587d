import { count, percent } from '../format.js';
import { html } from '../html.js';
import { figures, name, table, text } from '../table.js';
import type { Section } from './section.js';

const MOST = 50;

/** How each class of a multiclass problem fares; the largest classes when there are many. */
export const classes: Section = {
  id: 'classes',
  title: 'Classes',
  render: ({ evaluation: { task, confusion, classes: labels } }) => {
    if (task !== 'multiclass' || confusion === null) return null;
    const rows = confusion.map((counts, truth) => {
      const right = counts[truth] as number;
      const total = counts.reduce((sum, each) => sum + each, 0);
      const decided = confusion.reduce((sum, each) => sum + (each[truth] as number), 0);
      let mistaken = -1;
      counts.forEach((each, other) => {
        if (other !== truth && each > 0 && (mistaken < 0 || each > (counts[mistaken] as number))) mistaken = other;
      });
      return {
        total,
        cells: [
          labels[truth] ?? String(truth),
          count(total),
          total > 0 ? percent(right / total) : '–',
          decided > 0 ? percent(right / decided) : '–',
          mistaken < 0 ? '–' : `${labels[mistaken]} (${count(counts[mistaken])})`,
        ],
      };
    });
    const shown = rows.toSorted((a, b) => b.total - a.total).slice(0, MOST);
    return html`${rows.length > MOST ? html`<p>The ${MOST} largest of ${count(rows.length)} classes.</p>` : null}${table(
      'Classes',
      [name('Class'), figures('Rows'), figures('Recall'), figures('Precision'), text('Most often taken for')],
      shown,
    )}`;
  },
};
