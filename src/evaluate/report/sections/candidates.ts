import { metricOf } from '../../../stats/metrics/catalogue.js';
import { count, figure } from '../format.js';
import { html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { type Column, figures, type Row, table, text } from '../table.js';
import { parameters } from './problem.js';
import { MAIN_METRICS, type Section } from './section.js';

type Candidate = ReportData['candidates'][number];

const MOST = 60;

export const candidates: Section = {
  id: 'candidates',
  title: 'Candidates',
  render: (data) => {
    if (data.candidates.length === 0) return null;
    const by = searchMetric(data);
    const shown = shownMetrics(data, by);
    const numbered = data.candidates.map((candidate, i) => ({ candidate, number: i + 1 }));
    const score = ({ candidate }: (typeof numbered)[number]) => {
      const value = candidate.validation[by];
      return typeof value === 'number' && Number.isFinite(value) ? value * direction(by) : Number.NEGATIVE_INFINITY;
    };
    const ranked = numbered.toSorted((a, b) => compare(score(b), score(a)) || a.number - b.number);
    const tested = ranked.filter(({ candidate }) => candidate.test !== null);
    const shownOfTest = shown.filter((metric) => tested.some(({ candidate }) => Number.isFinite(candidate.test?.[metric])));
    const row =
      (withTest: boolean) =>
      (entry: (typeof numbered)[number]): Row => ({
        strong: isChosen(data, entry.candidate),
        cells: [
          count(entry.number),
          isChosen(data, entry.candidate)
            ? html`<strong>${entry.candidate.name}</strong> <span class="good">chosen</span>`
            : entry.candidate.share === undefined
              ? entry.candidate.name
              : html`${entry.candidate.name} <span class="muted">at ${figure(entry.candidate.share)}</span>`,
          ...shown.map((metric) => figure(entry.candidate.validation[metric])),
          ...(withTest ? shownOfTest.map((metric) => figure(entry.candidate.test?.[metric])) : []),
          entry.candidate.failure === undefined
            ? parameters(entry.candidate.params)
            : html`<span class="bad">failed</span> ${entry.candidate.failure} ${parameters(entry.candidate.params)}`,
        ],
      });
    const columns = (withTest: boolean): Column[] => [
      figures('Trial'),
      text('Estimator'),
      ...shown.map((metric) => figures(`${metric}, validation`)),
      ...(withTest ? shownOfTest.map((metric) => figures(`${metric}, test`)) : []),
      text('Parameters'),
    ];
    return html`<p>${count(data.candidates.length)} ${data.candidates.length === 1 ? 'trial' : 'trials'}, ranked by ${by} on the validation rows.</p>
${
  tested.length > 0
    ? html`<h3>The best of each estimator, on rows that none of them has seen</h3>
${table('Rivals on test rows', columns(true), tested.map(row(true)))}`
    : null
}<h3>All trials</h3>
${ranked.length > MOST ? html`<p>The best ${MOST} of ${count(ranked.length)}.</p>` : null}${table('Trials', columns(false), ranked.slice(0, MOST).map(row(false)))}`;
  },
};

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

const direction = (by: string): 1 | -1 => (by === 'value' || metricOf(by).better === 'higher' ? 1 : -1);

function shownMetrics({ candidates: all, evaluation: { task } }: ReportData, by: string): readonly string[] {
  const main: readonly string[] = MAIN_METRICS[task];
  return [...new Set([by, ...main])].filter((metric) => all.some(({ validation }) => Object.hasOwn(validation, metric)));
}

/** The metric that the search went by; where the data do not say, money if there is any, else the main metric of the task. */
export function searchMetric({ searchedBy, candidates: all, evaluation }: ReportData): string {
  if (searchedBy !== undefined) return searchedBy;
  return all.length > 0 && all.every(({ validation }) => Object.hasOwn(validation, 'value'))
    ? 'value'
    : MAIN_METRICS[evaluation.task][0];
}

/** Whether a candidate is the chosen model: the first of its estimator with the same parameters; rounds are found, not asked for. */
export function isChosen({ candidates: all, chosen }: ReportData, candidate: Candidate): boolean {
  const same = (other: Candidate) =>
    other.share === undefined &&
    other.name === chosen.name &&
    Object.entries(chosen.params).every(([name, value]) => other.params[name] === value);
  return all.find(same) === candidate;
}
