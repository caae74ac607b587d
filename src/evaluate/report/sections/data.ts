import { count, moment, percent } from '../format.js';
import { type Html, html } from '../html.js';
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
    : contract(source)
}</section>
`,
        )}`,
};

/** What failed in the open, what passed folded away: there may be dozens, and they say little. */
function contract({ name: of, checks }: Source): Html {
  const rows = (those: Source['checks'], caption: string) =>
    table(
      caption,
      [name('Check'), text('When it fails'), text('Outcome')],
      those.map(({ what, passed, onFail }) => ({ cells: [what, onFail, outcome(passed, passed ? 'passed' : 'failed')] })),
    );
  const failed = checks.filter(({ passed }) => !passed);
  const passed = checks.filter((check) => check.passed);
  return html`${failed.length > 0 ? rows(failed, `Contract of ${of}: what does not hold`) : null}${
    passed.length === 0
      ? null
      : html`<details><summary>${count(passed.length)} of ${count(checks.length)} checks of the contract passed</summary>
${rows(passed, `Contract of ${of}: what holds`)}</details>
`
  }`;
}

function quarantined({ rows, quarantined: bad }: Source): string {
  return bad === 0 ? 'none' : `${count(bad)} (${percent(bad / (rows + bad))} of the rows read)`;
}
