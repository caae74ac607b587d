import { fail } from '../../base/error.js';
import { type PlanOf, valueCheck } from './check-kind.js';

/** Every present text matches a regular expression; anchor it to match the whole. */
export const matchesCheck = valueCheck<PlanOf<'matches'>>(
  'matches',
  (plan) => `'${plan.column}' matches ${plan.pattern}`,
  (plan) => {
    const pattern = patternOf(plan.pattern, plan.column);
    return (value) => pattern.test(String(value));
  },
);

function patternOf(pattern: string, column: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    return fail('MW_VALIDATE_PATTERN_INVALID', {
      what: `The pattern '${pattern}' of column '${column}' is not a regular expression.`,
      where: { column },
      cause: error,
    });
  }
}
