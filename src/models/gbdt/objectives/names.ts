import type { Task } from '../../estimator.js';

/** The objectives of gradient boosting by the task they fit; the first of a task is its default. */
export const OBJECTIVE_NAMES = Object.freeze({
  binary: ['binary'],
  multiclass: ['softmax'],
  regression: ['squared', 'absolute', 'huber', 'quantile', 'poisson', 'tweedie', 'lambdarank'],
} as const satisfies Readonly<Record<Task, readonly string[]>>);

export type ObjectiveName = (typeof OBJECTIVE_NAMES)[Task][number];

/** The tasks of a named objective, none for a name that is not built in. */
export function tasksOf(name: string): Task[] {
  return (['binary', 'multiclass', 'regression'] as const).filter((task) =>
    (OBJECTIVE_NAMES[task] as readonly string[]).includes(name),
  );
}
