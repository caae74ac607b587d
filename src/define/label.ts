import type { Columns, RowOf } from './columns.js';
import { called, invalid, shown, wrongType } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { Typed } from './mistake.js';
import type { LabelPlan } from './plan.js';
import type { ValueOfExpression } from './request.js';
import { rowOf } from './row.js';
import { RowExpression, type RowExpressions } from './row-expressions.js';
import type { Source } from './source.js';

/** The truth to predict: values of type Y, a row of a source with the columns C each. */
export interface Label<Y = unknown, C extends Columns = Columns> extends Typed<[Y, C]> {
  readonly kind: 'label';
  readonly source: Source<string, C>;
  readonly type: 'boolean' | 'number' | 'string';
  readonly plan: Omit<LabelPlan, 'positive'>;
}

/**
 * A label made from the rows of a source; it is known when the row is available.
 * @throws MW_DEFINE_TYPE when it is a timestamp or no expression
 */
export function labelFrom<const C extends Columns, const E extends RowExpression>(
  source: Source<string, C>,
  truth: (r: RowExpressions<RowOf<C>>) => E,
): Label<ValueOfExpression<E>, C> {
  const given: unknown = source;
  if (typeof given !== 'object' || given === null || (given as Source).kind !== 'source')
    wrongType('labelFrom(source)', `labelFrom takes a source, not ${shown(source)}.`);
  const place = `labelFrom(${source.name})`;
  const made: unknown = called<[unknown], unknown>(
    place,
    truth,
  )(rowOf<RowOf<C>>(`source '${source.name}'`, source.plan.contract.columns));
  if (!(made instanceof RowExpression))
    invalid(place, `${place} must give an expression, not ${shown(made)}.`, 'For example: (r) => r.delay.gte(15).');
  if (made.kind === 'timestamp') wrongType(place, 'A moment cannot be predicted.', 'Predict the time until it, a number.');
  return Object.freeze({
    kind: 'label',
    source,
    type: made.kind,
    plan: deepFreeze({ kind: 'label' as const, source: source.name, expression: made.expression }),
  });
}
