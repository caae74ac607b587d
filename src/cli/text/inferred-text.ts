import type { SystemPlan } from '../../define/plan.js';
import { count } from '../../define/plan-graph.js';
import { splitText } from '../../define/plan-text.js';
import { howRead } from './how-read.js';
import { figure } from './table.js';

const PLURAL = { number: 'numbers', boolean: 'booleans', category: 'categories', text: 'texts' } as const;

/**
 * What was found out about a file, in a few lines; `test` is the file to test on, if there is one, `why` what tells the kind of problem
 * where it might be another.
 */
export function inferredText(plan: SystemPlan, target: string, test: string | null, why: string | null): string {
  const source = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const { from, contract } = source;
  const types = Object.entries(PLURAL).flatMap(([type, words]) => {
    const n = plan.features.filter((feature) => feature.type === type).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? type : words}`];
  });
  const { positive } = plan.label;
  const used = Object.keys(plan.request.columns).length;
  return [
    `${from.path}: ${figure(Object.keys(contract.columns).length)} columns (${howRead(from)})`,
    `predict '${target}': ${plan.problem.task}${positive === null ? '' : `, probability of '${positive}'`}${why === null ? '' : ` (${why})`}`,
    `from ${count(used, 'column')} as ${count(plan.features.length, 'feature')}: ${types.join(', ')}`,
    `chosen by ${plan.train.search.by} among ${plan.train.candidates.map(({ estimator }) => estimator).join(', ')}; ${test === null ? splitText(plan.train.split) : `${splitText(plan.train.split).replace(/, [^,]* to test$/, '')}, tested on ${test}`}`,
    `all of it: millwright plan ${plan.name}; as TypeScript: millwright eject ${plan.name}`,
  ].join('\n');
}
