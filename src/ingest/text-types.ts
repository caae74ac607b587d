import type { ColumnType } from '../define/plan.js';

/** The types that texts can be read as; everything else is a string. */
export type TextType = Extract<ColumnType, 'integer' | 'number' | 'boolean' | 'timestamp'> | 'string';

const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/;
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const MOMENT =
  /^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?\s?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * The narrowest type of a text without white space around it. Digits behind a leading zero (02139) are a code, not a number; so are
 * integers that a double cannot hold.
 */
export function textType(text: string): TextType {
  const c = text.charCodeAt(0);
  if (c <= 57) {
    if (INTEGER.test(text)) return Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? 'integer' : 'string';
    if (NUMBER.test(text)) return 'number';
    if (MOMENT.test(text)) return 'timestamp';
  }
  if (INFINITE.test(text)) return 'number';
  return text === 'true' || text === 'false' || text === 'True' || text === 'False' || text === 'TRUE' || text === 'FALSE'
    ? 'boolean'
    : 'string';
}

/** The narrowest type that holds values of both types. */
export function widerType(a: TextType, b: TextType): TextType {
  if (a === b) return a;
  return (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer') ? 'number' : 'string';
}

/** A number written with a decimal comma (1,5 or 1.234,5). */
export const DECIMAL_COMMA = /^[+-]?\d{1,3}(?:\.\d{3})*,\d+$|^[+-]?\d+,\d+$/;
