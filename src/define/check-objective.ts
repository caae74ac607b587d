import { OBJECTIVE_NAMES, tasksOf } from '../models/gbdt/objectives/names.js';
import { invalid } from './complain.js';
import type { CandidatePlan, SystemPlan } from './plan.js';

/** The objectives of a sound candidate are for the task; own ones show at training what they are for. */
export function checkObjective({ problem }: SystemPlan, { estimator, params }: CandidatePlan): void {
  const given = estimator === 'gbdt' ? params['objective'] : undefined;
  if (given === undefined) return;
  const place = 'train.candidates gbdt.objective';
  for (const one of typeof given === 'object' && given.kind === 'choiceSpace' ? given.choices : [given]) {
    const name = String(one);
    if (name === 'lambdarank')
      invalid(place, 'lambdarank ranks the rows of queries, and a definition has no queries.', 'Use another objective.');
    const tasks = tasksOf(name);
    if (tasks.length > 0 && !tasks.includes(problem.task))
      invalid(
        place,
        `The objective '${name}' is for ${tasks.join(' and ')} problems, not ${problem.task}.`,
        `These fit: ${OBJECTIVE_NAMES[problem.task].filter((fit) => fit !== 'lambdarank').join(', ')}.`,
      );
  }
}
