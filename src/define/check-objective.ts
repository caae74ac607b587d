import { OBJECTIVE_NAMES, tasksOf } from '../models/gbdt/objectives/names.js';
import { invalid } from './complain.js';
import type { CandidatePlan, SystemPlan, Task } from './plan.js';

/** The objectives of a sound candidate are for the task; own ones show at training what they are for. */
export function checkObjective({ problem }: SystemPlan, { estimator, params }: CandidatePlan): void {
  for (const [param, given] of Object.entries(params)) {
    if (param !== 'objective' && !param.endsWith('.objective')) continue;
    checkOne(problem.task, `train.candidates ${estimator}.${param}`, given);
  }
}

function checkOne(task: Task, place: string, given: CandidatePlan['params'][string]): void {
  for (const one of typeof given === 'object' && given.kind === 'choiceSpace' ? given.choices : [given]) {
    const name = String(one);
    if (name === 'lambdarank')
      invalid(place, 'lambdarank ranks the rows of queries, and a definition has no queries.', 'Use another objective.');
    const tasks = tasksOf(name);
    if (tasks.length > 0 && !tasks.includes(task))
      invalid(
        place,
        `The objective '${name}' is for ${tasks.join(' and ')} problems, not ${task}.`,
        `These fit: ${OBJECTIVE_NAMES[task].filter((fit) => fit !== 'lambdarank').join(', ')}.`,
      );
  }
}
