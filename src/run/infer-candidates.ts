import type { CandidatePlan, Task } from '../define/plan.js';

/**
 * The candidates of a search without a definition: what any model must beat, a linear model, and boosted trees whose rounds early
 * stopping finds. Small tables get small trees.
 */
export function candidatesFor(task: Task, rows: number): readonly CandidatePlan[] {
  const linear: CandidatePlan = {
    kind: 'candidate',
    estimator: task === 'regression' ? 'linear' : 'logistic',
    params: { l2: { kind: 'logUniformSpace', low: 0.01, high: 1000 } },
  };
  const small = rows < 3000;
  const boosted: CandidatePlan = {
    kind: 'candidate',
    estimator: 'gbdt',
    params: {
      rounds: 2000,
      earlyStopping: 50,
      learningRate: { kind: 'logUniformSpace', low: 0.03, high: 0.15 },
      leaves: { kind: 'intSpace', low: 4, high: small ? 31 : 63 },
      minRows: { kind: 'intSpace', low: 3, high: 50 },
      columnSample: { kind: 'uniformSpace', low: 0.3, high: 1 },
      rowSample: { kind: 'uniformSpace', low: 0.5, high: 1 },
      l2: { kind: 'logUniformSpace', low: 0.01, high: 30 },
    },
  };
  return [{ kind: 'candidate', estimator: 'constant', params: {} }, linear, boosted];
}
