import { METRICS } from '../../../stats/metrics/catalogue.js';
import { count, figure, interval, percent } from '../format.js';
import { html } from '../html.js';
import { facts, figures, name, table, text } from '../table.js';
import type { Section } from './section.js';

export const metrics: Section = {
  id: 'metrics',
  title: 'Metrics',
  render: ({ evaluation, evaluatedOn, validation }) => {
    const unseen = evaluatedOn === 'test';
    const known = METRICS.filter((metric) => Object.hasOwn(evaluation.metrics, metric.name));
    const { value } = evaluation;
    const rows = known.map((metric) => {
      const found = evaluation.metrics[metric.name];
      return {
        cells: [
          metric.name,
          found?.value === null ? 'not defined' : figure(found?.value),
          found ? interval(found) : '',
          ...(unseen ? [figure(validation[metric.name])] : []),
          metric.better,
          metric.doc,
        ],
      };
    });
    if (value)
      rows.push({
        cells: [
          'value',
          figure(value.perRow.value),
          interval(value.perRow),
          ...(unseen ? [figure(validation['value'])] : []),
          'higher',
          `Mean pay-off a row at the threshold, ${value.currency}.`,
        ],
      });
    return html`<p>${
      unseen
        ? `Figures of ${count(evaluation.rows)} test rows that nothing was learnt or chosen from, beside those of the validation rows.`
        : `Figures of ${count(evaluation.rows)} validation rows. They were also used to choose the model, so expect somewhat less on rows that nobody has seen.`
    } Intervals hold the figure of all rows like these in 95 of 100 samples; with fewer than 20 rows of a class they are not given.</p>
${table(
  'Metrics',
  [
    name('Metric'),
    figures(unseen ? 'Test' : 'Validation'),
    figures('95 % interval'),
    ...(unseen ? [figures('Validation')] : []),
    text('Better'),
    text('Meaning'),
  ],
  rows,
)}${
  value
    ? facts([
        ['Value of all rows', `${figure(value.total)} ${value.currency}`],
        ['Rows acted on', percent(value.share)],
        ['Acting on no row', `${figure(value.none)} ${value.currency} a row`],
        ['Acting on every row', `${figure(value.all)} ${value.currency} a row`],
      ])
    : null
}`;
  },
};
