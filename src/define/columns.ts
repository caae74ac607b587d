import { invalid, shown } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { Typed } from './mistake.js';
import type { ColumnPlan, ColumnType } from './plan.js';

/**
 * Whether a value must be there. `nullable` (the default): a request names the column and may give null; `optional`: a request
 * may leave it out as well; `required`: never missing.
 */
export type Presence = 'nullable' | 'optional' | 'required';

/** A declared column: what its values are, as the compiler (T) and the plan see it. */
export interface Col<T = unknown, P extends Presence = Presence> extends Typed<T> {
  readonly plan: ColumnPlan;
  readonly presence: P;
  /** May be missing, and may be left out of a request. */
  optional(): Col<T, 'optional'>;
  /** Is never missing. */
  required(): Col<T, 'required'>;
}

export type Columns = Readonly<Record<string, Col>>;
export type ValueOf<C> = C extends Col<infer T> ? T : never;
/** The value types of declared columns by name. */
export type RowOf<C extends Columns> = { readonly [K in keyof C]: ValueOf<C[K]> };

class DeclaredColumn<T, P extends Presence> implements Col<T, P> {
  readonly plan: ColumnPlan;
  readonly presence: P;

  constructor(type: ColumnType, categories: readonly string[] | null, presence: P) {
    this.plan = deepFreeze({ kind: 'column', type, categories, nullable: presence !== 'required' });
    this.presence = presence;
  }
  optional(): Col<T, 'optional'> {
    return new DeclaredColumn<T, 'optional'>(this.plan.type, this.plan.categories, 'optional');
  }
  required(): Col<T, 'required'> {
    return new DeclaredColumn<T, 'required'>(this.plan.type, this.plan.categories, 'required');
  }
}

const column = <T>(type: ColumnType, categories: readonly string[] | null = null): Col<T, 'nullable'> =>
  new DeclaredColumn<T, 'nullable'>(type, categories, 'nullable');

/** The types a column can have; all may be missing unless `.required()`. */
export const col = Object.freeze({
  /** A real number. */
  number: () => column<number>('number'),
  /** A number without fraction. */
  integer: () => column<number>('integer'),
  boolean: () => column<boolean>('boolean'),
  /** A moment, UTC. */
  timestamp: () => column<Date>('timestamp'),
  /** A name or code: few words, compared whole. */
  string: () => column<string>('string'),
  /** Natural language. */
  text: () => column<string>('text'),
  /** A string from a closed list. */
  category<const V extends readonly [string, ...string[]]>(values: V): Col<V[number], 'nullable'> {
    const given: unknown = values;
    if (!Array.isArray(given) || given.length === 0 || given.some((value) => typeof value !== 'string'))
      invalid('col.category', `col.category takes a list of texts, not ${shown(values)}.`);
    if (new Set(values).size !== values.length)
      invalid('col.category', `col.category lists a text twice: ${values.join(', ')}.`);
    return column<V[number]>('category', [...values]);
  },
});

export function isColumn(given: unknown): given is Col {
  return given instanceof DeclaredColumn;
}
