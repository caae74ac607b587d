import { fail } from '../../../base/error.js';
import type { FitContext } from '../../estimator.js';
import type { Objective } from '../objective.js';
import type { GbdtParams } from '../options.js';
import { absoluteObjective } from './absolute.js';
import { binaryObjective } from './binary.js';
import { registeredObjective } from './custom.js';
import { huberObjective } from './huber.js';
import { lambdarankObjective } from './lambdarank.js';
import { OBJECTIVE_NAMES, type ObjectiveName, tasksOf } from './names.js';
import { poissonObjective } from './poisson.js';
import { quantileObjective } from './quantile.js';
import { softmaxObjective } from './softmax.js';
import { squaredObjective } from './squared.js';
import { tweedieObjective } from './tweedie.js';

type Chosen = Pick<GbdtParams, 'alpha' | 'huberDelta' | 'tweediePower' | 'truncation'>;

/** Every objective by name; the conformance test runs on each. */
export const OBJECTIVES: Readonly<Record<ObjectiveName, (params: Chosen, classes: number) => Objective>> = Object.freeze({
  binary: () => binaryObjective,
  softmax: (_, classes) => softmaxObjective(classes),
  squared: () => squaredObjective,
  absolute: () => absoluteObjective,
  huber: ({ huberDelta }) => huberObjective(huberDelta),
  quantile: ({ alpha }) => quantileObjective(alpha),
  poisson: () => poissonObjective,
  tweedie: ({ tweediePower }) => tweedieObjective(tweediePower),
  lambdarank: ({ truncation }) => lambdarankObjective(truncation),
});

/** The objective that the parameters ask for; `name` is null for the default of the task. */
export interface NamedObjective {
  readonly name: string | null;
  readonly objective: Objective;
}

/** @throws MW_MODEL_OBJECTIVE when it does not fit the task or is not known here */
export function objectiveFor(params: Chosen & Pick<GbdtParams, 'objective'>, { task, classes }: FitContext): NamedObjective {
  const [usual] = OBJECTIVE_NAMES[task];
  const name = params.objective === 'auto' ? usual : params.objective;
  const own = Object.hasOwn(OBJECTIVES, name) ? undefined : registeredObjective(name);
  const tasks = own ? [own.task] : tasksOf(name);
  if (!tasks.includes(task))
    fail('MW_MODEL_OBJECTIVE', {
      what: `The objective '${name}' is for ${tasks.join(' and ')} problems, not ${task}.`,
      where: { objective: name },
      fix: `Use one of ${OBJECTIVE_NAMES[task].join(', ')}, or 'auto'.`,
    });
  if (own) return { name, objective: own.objective };
  return { name: name === usual ? null : name, objective: OBJECTIVES[name as ObjectiveName](params, classes) };
}
