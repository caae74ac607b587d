import type { ValuePlan } from '../../../define/plan.js';
import { count, figure, milliseconds, percent, setting } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { facts } from '../table.js';
import { MAIN_METRICS } from './section.js';

/** The top of the page: what the model is for, and its main figures. */
export function problem(data: ReportData): Html {
  const { system, problem, chosen, features, evaluation } = data;
  const { threshold, baseRate, classes, task } = evaluation;
  return html`<header>
<p class="kind">Model report</p>
<h1>${system}</h1>
${problem.objective ? html`<p class="lead">${problem.objective}</p>` : null}
${facts([
  ['Decision', problem.decision],
  ['Task', task === 'multiclass' ? `multiclass, ${classes.length} classes` : task],
  ['Risk', problem.risk],
  ['Latency budget', problem.latency === null ? 'none' : `p99 within ${milliseconds(problem.latency)}`],
  ['Value', problem.value ? valuePlan(problem.value) : task === 'binary' ? 'none named' : null],
  ['Model', html`<strong>${chosen.name}</strong> of ${count(features)} features`],
  ['Parameters', parameters(chosen.params)],
  ['Threshold', task === 'binary' ? thresholdText(threshold) : null],
  ['Positive class', task === 'binary' ? `${classes[1] ?? 'positive'}: ${percent(baseRate)} of the rows` : null],
])}
<div class="tiles">${MAIN_METRICS[task].map((name) => tile(name, figure(evaluation.metrics[name]?.value)))}${
    evaluation.value
      ? tile(
          `${evaluation.value.currency} a row; ${figure(evaluation.value.none)} without acting`,
          figure(evaluation.value.perRow.value),
        )
      : null
  }${tile(`${data.evaluatedOn} rows`, count(evaluation.rows))}</div>
</header>
`;
}

const tile = (label: string, shown: string): Html => html`<div><b>${shown}</b><span>${label}</span></div>`;

const thresholdText = (threshold: number): string =>
  Number.isFinite(threshold) && threshold <= 1 ? `acts from ${percent(threshold)} on` : 'acts on no row';

export function valuePlan({ truePositive, falsePositive, falseNegative, trueNegative, capacity, currency }: ValuePlan): string {
  const pays = [
    `acting rightly ${setting(truePositive)}`,
    `acting wrongly ${setting(falsePositive)}`,
    `a miss ${setting(falseNegative)}`,
    `rightly leaving alone ${setting(trueNegative)}`,
  ].join(', ');
  return `${pays} ${currency} a row; capacity ${capacity === null ? 'without limit' : percent(capacity)}`;
}

/** Parameters of an estimator. */
export function parameters(params: Readonly<Record<string, unknown>>): Html {
  const entries = Object.entries(params);
  return entries.length === 0
    ? html`<span class="muted">defaults</span>`
    : html`${entries.map(([name, value], i) => html`${i > 0 ? ' ' : ''}<code>${name}=${setting(value)}</code>`)}`;
}
