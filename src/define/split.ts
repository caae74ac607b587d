import type { Duration } from '../base/duration.js';
import { finite, invalid, moment, oneOf, optionsObject, shown, span, unknown, wrongType } from './complain.js';
import type { ColumnPlan, SplitPlan } from './plan.js';

/** How rows are parted for training, choosing and testing. Dates are days or moments in ISO 8601, UTC. */
export type SplitOptions<TimeName extends string> =
  | {
      readonly by: 'time';
      readonly column: TimeName;
      readonly from: string | Date;
      readonly validationFrom: string | Date;
      readonly testFrom: string | Date;
      readonly to: string | Date;
      /** Left out before validation and before test, so that what is learnt cannot leak. */
      readonly gap?: Duration;
    }
  | {
      readonly by: 'random';
      /** Share of the rows. */
      readonly test: number;
      /** Share of the rows. */
      readonly validation: number;
    }
  | {
      readonly by: 'folds';
      readonly folds: number;
      /** Share of the rows kept for the test. */
      readonly test: number;
      /** Folds are contiguous in this column; shuffled unless given. */
      readonly column?: TimeName;
      readonly gap?: Duration;
    };

export function splitPlan(given: unknown, source: string, columns: Readonly<Record<string, ColumnPlan>>): SplitPlan {
  const at = 'train.split';
  const by = oneOf(
    `${at}.by`,
    (typeof given === 'object' && given !== null ? (given as { by?: unknown }).by : undefined) ?? invalidSplit(given),
    ['time', 'random', 'folds'],
  );
  const timeColumn = (name: unknown): string => {
    const plan = typeof name === 'string' && Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!plan)
      unknown(
        `${at}.column`,
        `Source '${source}' has no column ${shown(name)}.`,
        String(name),
        Object.keys(columns),
        'Columns',
      );
    if (plan.type !== 'timestamp')
      wrongType(`${at}.column`, `'${name}' is not a timestamp column; it is a ${plan.type} column.`);
    return name as string;
  };
  const testShare = (value: unknown) => finite(`${at}.test`, value, { min: 0, max: 0.9 });
  const gapOf = (value: unknown) => (value === undefined ? 0 : span(`${at}.gap`, value, true));
  if (by === 'time') {
    const split = optionsObject(at, given, ['by', 'column', 'from', 'validationFrom', 'testFrom', 'to', 'gap']);
    const plan = {
      kind: 'timeSplit' as const,
      column: timeColumn(split.column),
      from: moment(`${at}.from`, split.from),
      validationFrom: moment(`${at}.validationFrom`, split.validationFrom),
      testFrom: moment(`${at}.testFrom`, split.testFrom),
      to: moment(`${at}.to`, split.to),
      gap: gapOf(split.gap),
    };
    return plan;
  }
  if (by === 'random') {
    const split = optionsObject(at, given, ['by', 'test', 'validation']);
    return {
      kind: 'randomSplit',
      test: testShare(split.test),
      validation: finite(`${at}.validation`, split.validation, { min: 0, max: 0.9, above: true }),
    };
  }
  const split = optionsObject(at, given, ['by', 'folds', 'test', 'column', 'gap']);
  return {
    kind: 'foldSplit',
    test: testShare(split.test),
    folds: finite(`${at}.folds`, split.folds, { min: 2, max: 100, whole: true }),
    column: split.column === undefined ? null : timeColumn(split.column),
    gap: gapOf(split.gap),
  };
}

function invalidSplit(given: unknown): never {
  return invalid(
    'train.split',
    `train.split must say how rows are parted, not ${shown(given)}.`,
    "For example: { by: 'random', test: 0.2, validation: 0.2 }.",
  );
}
