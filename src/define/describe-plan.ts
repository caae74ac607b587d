import { formatDuration } from '../base/duration.js';
import { shortHash } from '../base/hash.js';
import type { SystemPlan } from './plan.js';
import { planHash } from './plan-hash.js';
import {
  aggregateText,
  checkText,
  expressionText,
  gateText,
  keyText,
  paramText,
  readingText,
  signalText,
  splitText,
  strategyText,
} from './plan-text.js';

/** A plan as text for a terminal. */
export function describePlan(plan: SystemPlan): string {
  const out: string[] = [`${plan.name}  (${plan.problem.task}, plan ${shortHash(planHash(plan))})`];
  const { objective, decision, risk, latency, value } = plan.problem;
  if (objective) out.push(`  ${objective}`);
  if (decision) out.push(`  decides: ${decision}`);
  out.push(`  risk ${risk}${latency === null ? '' : `, p99 within ${formatDuration(latency)}`}`);
  if (value)
    out.push(
      `  value in ${value.currency}: hit ${value.truePositive}, false alarm ${value.falsePositive}, miss ${value.falseNegative}, ` +
        `rightly left ${value.trueNegative}${value.capacity === null ? '' : `; acts on at most ${value.capacity * 100} % of the rows`}`,
    );

  out.push('', 'Sources');
  for (const { name, from, key, time, availableAt, contract } of Object.values(plan.sources)) {
    out.push(`  ${name}  ${from.format} ${from.path}`);
    if (key.length > 0) out.push(`    key: ${key.join(', ')}`);
    if (time !== null) out.push(`    time: ${time}${availableAt === null ? '' : `, known at ${expressionText(availableAt)}`}`);
    for (const [column, { type, categories, nullable, reads }] of Object.entries(contract.columns))
      out.push(
        `    ${column}: ${type}${categories ? ` (${categories.join(', ')})` : ''}${nullable ? '' : ', required'}${reads ? `, ${readingText(reads)}` : ''}`,
      );
    for (const check of contract.checks) out.push(`    check (${check.onFail}): ${checkText(check)}`);
  }

  const asked = Object.keys(plan.request.columns);
  out.push('', `Request: ${asked.join(', ') || 'nothing'}${plan.request.time === null ? '' : ` (as of ${plan.request.time})`}`);

  if (plan.views.length > 0) out.push('', 'Feature views');
  for (const view of plan.views) {
    out.push(`  ${view.name}  ${view.source} ${keyText(view)}`);
    for (const aggregate of view.aggregates) out.push(`    ${aggregate.name}: ${aggregateText(aggregate)}`);
  }

  out.push('', `Features (${plan.features.length})`);
  for (const { name, type, from } of plan.features)
    out.push(
      `  ${name}: ${type}${from.kind === 'fromExpression' ? ` = ${expressionText(from.expression)}` : from.kind === 'fromWindow' ? ` of view ${from.view}` : ''}`,
    );

  const { positive } = plan.label;
  out.push(
    '',
    `Label: ${expressionText(plan.label.expression)} of ${plan.label.source}${positive === null ? '' : `, positive is ${positive}`}`,
  );

  const { split, sample, candidates, search } = plan.train;
  out.push('', 'Training', `  ${splitText(split)}${sample === null ? '' : `, up to ${sample} rows`}`);
  for (const { estimator, params } of candidates)
    out.push(
      `  ${estimator}${Object.entries(params)
        .map(([name, value]) => `  ${name} ${paramText(value)}`)
        .join('')}`,
    );
  out.push(
    `  ${search.trials} trials by ${search.by}${strategyText(search.strategy)}, seed ${search.seed}${search.timeBudget === null ? '' : `, within ${formatDuration(search.timeBudget)}`}`,
  );

  if (plan.train.calibrate !== undefined) out.push(`  probabilities calibrated: ${plan.train.calibrate}`);
  if (plan.accept.length > 0) out.push('', 'Accepted when', ...plan.accept.map((gate) => `  ${gateText(gate)}`));
  const substitutes = Object.entries(plan.serve.whenMissing).map(([name, value]) => `${name} = ${String(value)}`);
  out.push(
    '',
    `Served: up to ${plan.serve.maxRows} rows a request${substitutes.length > 0 ? `; when missing ${substitutes.join(', ')}` : ''}`,
  );
  const signals = Object.entries(plan.watch);
  if (signals.length > 0)
    out.push(
      '',
      'Watched',
      ...signals.map(([name, signal]) => `  ${name}: ${signalText(signal)} over ${formatDuration(signal.window)}`),
    );
  if (plan.retrain)
    out.push(
      '',
      `Retrained on ${plan.retrain.on.join(', ')}, at most every ${formatDuration(plan.retrain.atMostEvery)}, after ${formatDuration(plan.retrain.shadow)} in shadow`,
    );
  return `${out.join('\n')}\n`;
}
