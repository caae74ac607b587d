import type { ColumnType } from '../define/plan.js';

/** The types that texts can be read as; everything else is a string. */
export type TextType = Extract<ColumnType, 'integer' | 'number' | 'boolean' | 'timestamp'> | 'string';

const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/;
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
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
  return /^(?:true|false)$/i.test(text) ? 'boolean' : 'string';
}

/** The narrowest type that holds values of both types. */
export function widerType(a: TextType, b: TextType): TextType {
  if (a === b) return a;
  return (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer') ? 'number' : 'string';
}

/**
 * Digits that are written as codes are: behind a leading zero, more than a double holds, or with an exponent that no program writes
 * (12e4, where 1.2e+05 would be written). One beyond all numbers (1e999) is an infinite number, as it says nothing of codes.
 */
export function isDigitCode(text: string): boolean {
  if (/^\d+[eE]\d+$/.test(text)) return Number.isFinite(Number(text));
  return /^[+-]?\d+$/.test(text) && (/^[+-]?0\d/.test(text) || Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER);
}

const NEARLY_NUMBER = /^[+-]?\s*[$€£¥₹]?\s*[+-]?(?:\d{1,3}(?:[,. '\u00a0\u202f’]\d{3})+|\d+)?(?:[.,]\d+)?\s*[%$€£¥₹]?$/;
const NEARLY_DATE = /^\d{1,4}[-/.](?:\d{1,2}|[A-Za-z]{3,9})[-/.]\d{1,4}(?:[T ,].*)?$|^[A-Za-z]{3,9}\.? \d{1,2},? \d{4}/;

/** Whether a text reads as a number, a date or a truth value in any of the ways that they are written. */
export const looksTyped = (text: string): boolean =>
  textType(text) !== 'string' || (/\d/.test(text) && (NEARLY_NUMBER.test(text) || NEARLY_DATE.test(text)));
