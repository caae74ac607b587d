import { count, moment, percent } from '../format.js';
import { html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { facts, name, outcome, table, text } from '../table.js';
import type { Section } from './section.js';

type Source = ReportData['sources'][number];

export const data: Section = {
  id: 'data',
  title: 'Data',
  render: ({ sources }) =>
    sources.length === 0
      ? null
      : html`${sources.map(
          (source) => html`<section class="source"><h3>${source.name}</h3>
${facts([
  ['File', html`<code>${source.path}</code>`],
  ['Rows', count(source.rows)],
  ['Quarantined', quarantined(source)],
  [
    'Time',
    source.from === null && source.to === null ? 'not a table with time' : `${moment(source.from)} to ${moment(source.to)}`,
  ],
  ['Snapshot', html`<code>${source.snapshot}</code>`],
])}${
  source.checks.length === 0
    ? html`<p class="muted">No checks were asked of this source.</p>
`
    : table(
        `Contract of ${source.name}`,
        [name('Check'), text('When it fails'), text('Outcome')],
        source.checks.map(({ what, passed, onFail }) => ({
          cells: [what, onFail, outcome(passed, passed ? 'passed' : 'failed')],
        })),
      )
}</section>
`,
        )}`,
};

function quarantined({ rows, quarantined: bad }: Source): string {
  return bad === 0 ? 'none' : `${count(bad)} (${percent(bad / (rows + bad))} of the rows read)`;
}
