import { TYPES } from '../types/catalogue.js';
import { READING_VALUES, readingMistake } from '../types/check-reading.js';
import { invalid, optionsObject, shown } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { Typed } from './mistake.js';
import type { ColumnPlan, ColumnType, ReadingPlan } from './plan.js';

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

  constructor(plan: Omit<ColumnPlan, 'nullable'>, presence: P) {
    this.plan = deepFreeze({ ...plan, nullable: presence !== 'required' });
    this.presence = presence;
  }
  optional(): Col<T, 'optional'> {
    return new DeclaredColumn<T, 'optional'>(this.plan, 'optional');
  }
  required(): Col<T, 'required'> {
    return new DeclaredColumn<T, 'required'>(this.plan, 'required');
  }
}

const column = <T>(type: ColumnType, given: unknown, categories: readonly string[] | null = null): Col<T, 'nullable'> => {
  const reads = readingOf(type, given, categories);
  const plan = { kind: 'column', type, categories, ...(reads === null ? {} : { reads }) } as const;
  return new DeclaredColumn<T, 'nullable'>(plan, 'nullable');
};

/** Checked options of a column, null when there is none. */
function readingOf(type: ColumnType, given: unknown, categories: readonly string[] | null): ReadingPlan | null {
  const place = `col.${type}`;
  const options = optionsObject(`${place}(options)`, given ?? {}, TYPES[type].reads);
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  if (said.length === 0) return null;
  const reads: ReadingPlan = Object.fromEntries(said);
  const { missing } = reads;
  if (missing !== undefined && !(Array.isArray(missing) && missing.every((word) => typeof word === 'string')))
    invalid(`${place}.missing`, `${place}: option 'missing' must be a list of texts, not ${shown(missing)}.`);
  for (const [name, values] of Object.entries<readonly string[]>(READING_VALUES))
    if (Object.hasOwn(reads, name) && !values.includes(reads[name as keyof ReadingPlan] as string))
      invalid(
        `${place}.${name}`,
        `${place}: option '${name}' cannot be ${shown(reads[name as keyof ReadingPlan])}.`,
        `Possible: ${values.map((value) => JSON.stringify(value)).join(', ')}.`,
      );
  if (reads.unit !== undefined && typeof reads.unit !== 'string')
    invalid(`${place}.unit`, `${place}: option 'unit' must be a text, not ${shown(reads.unit)}.`);
  const mistake = readingMistake({ type, categories, reads });
  if (mistake !== null) invalid(place, `${place}: ${mistake}.`);
  return missing === undefined ? reads : { ...reads, missing: [...missing] };
}

/** How numbers of a column are written where that is not 1234.5. */
export type NumberReading = Pick<ReadingPlan, 'missing' | 'decimal' | 'group' | 'unit'>;
/** How moments of a column are written where that is not the ISO way. */
export type MomentReading = Pick<ReadingPlan, 'missing' | 'dates'>;
export type TextReading = Pick<ReadingPlan, 'missing'>;

/**
 * The types a column can have; all may be missing unless `.required()`. Options say how values are written, in files, requests and pushed
 * rows alike: `col.number({ missing: ['NA'], decimal: ',' })`.
 */
export const col = Object.freeze({
  /** A real number. */
  number: (reading?: NumberReading) => column<number>('number', reading),
  /** A number without fraction. */
  integer: (reading?: NumberReading) => column<number>('integer', reading),
  boolean: (reading?: TextReading) => column<boolean>('boolean', reading),
  /** A moment, UTC. */
  timestamp: (reading?: MomentReading) => column<Date>('timestamp', reading),
  /** A name or code: few words, compared whole. */
  string: (reading?: TextReading) => column<string>('string', reading),
  /** Natural language. */
  text: (reading?: TextReading) => column<string>('text', reading),
  /** A string from a closed list. */
  category<const V extends readonly [string, ...string[]]>(values: V, reading?: TextReading): Col<V[number], 'nullable'> {
    const given: unknown = values;
    if (!Array.isArray(given) || given.length === 0 || given.some((value) => typeof value !== 'string'))
      invalid('col.category', `col.category takes a list of texts, not ${shown(values)}.`);
    if (new Set(values).size !== values.length)
      invalid('col.category', `col.category lists a text twice: ${values.join(', ')}.`);
    return column<V[number]>('category', reading, [...values]);
  },
});

export function isColumn(given: unknown): given is Col {
  return given instanceof DeclaredColumn;
}
