import type { ColumnKind } from '../../frame/column.js';

/**
 * What SQL engines do differently. In emitted SQL a number is a DOUBLE that is never NaN, a timestamp the DOUBLE of its epoch milliseconds,
 * a boolean BOOLEAN and a string VARCHAR; missing is NULL.
 */
export interface Dialect {
  readonly name: string;
  quoteName(name: string): string;
  quoteText(text: string): string;
  /** A finite or infinite number, or NULL for NaN. */
  number(value: number): string;
  /** A stored column in the form above. */
  column(reference: string, kind: ColumnKind): string;
  /** NULL in place of NaN. */
  notNaN(code: string): string;
  /** A position in a table that tells rows apart and keeps their order. */
  readonly rowOrder: string;
  naturalLog(code: string): string;
  /** Calendar parts of whole epoch milliseconds, UTC. */
  dayOfMonth(moment: string): string;
  month(moment: string): string;
  lower(text: string): string;
  /** Number of code points. */
  textLength(text: string): string;
  contains(text: string, part: string): string;
  /** The number that a text spells, given a pattern that it must match as a whole; NULL when it does not or is out of range. */
  parseNumber(text: string, pattern: string): string;
  /** A sum of doubles with compensated rounding. */
  sum(value: string): string;
  /** Population variance. */
  variance(value: string): string;
  /** The value of the last row in an order. */
  last(value: string, order: readonly string[]): string;
}
