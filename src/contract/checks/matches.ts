import { fail } from '../../base/error.js';
import { linearPattern, PatternProblem } from '../../base/linear-pattern.js';
import { type PlanOf, valueCheck } from './check-kind.js';

/** Every present text matches a regular expression, in linear time; anchor it to match the whole. */
export const matchesCheck = valueCheck<PlanOf<'matches'>>(
  'matches',
  (plan) => `'${plan.column}' matches ${plan.pattern}`,
  (plan) => {
    const matches = patternOf(plan.pattern, plan.column);
    return (value) => matches(String(value));
  },
);

/** @throws MW_VALIDATE_PATTERN_INVALID */
export function patternOf(pattern: string, column: string): (text: string) => boolean {
  try {
    return linearPattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    return fail('MW_VALIDATE_PATTERN_INVALID', {
      what: `The pattern '${pattern}' of column '${column}' ${error.message}.`,
      where: { column },
    });
  }
}
