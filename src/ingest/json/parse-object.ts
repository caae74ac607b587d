import { isDeeper, DEEPEST as VALUE_LEVELS } from '../../types/text-reading.js';

export type ParsedObject =
  | { readonly object: Readonly<Record<string, unknown>>; readonly problem: null }
  | { readonly object: null; readonly problem: string; readonly wellFormed: boolean };

/** Levels of a row: its own and those of a value. */
const DEEPEST = VALUE_LEVELS + 1;
const LONG_INTEGER = /\d{16}/;
/** The texts and the numbers of JSON. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** A whole number that a double may not hold. */
const WHOLE = /^-?\d{16,}$/;

/**
 * One JSON object, read as a server reads it: the last of two equal keys counts. A whole number that a double does not hold becomes the
 * text of its digits, so that none is lost.
 */
export function parseObject(text: string): ParsedObject {
  let value: unknown;
  try {
    value = JSON.parse(LONG_INTEGER.test(text) ? text.replace(TOKENS, exactNumber) : text);
  } catch {
    return { object: null, problem: 'This is not well-formed JSON.', wellFormed: false };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { object: null, problem: 'This is JSON, but not an object.', wellFormed: true };
  if (isDeeper(value, DEEPEST))
    return { object: null, problem: `This is nested more than ${DEEPEST} levels deep.`, wellFormed: true };
  return { object: value as Readonly<Record<string, unknown>>, problem: null };
}

const exactNumber = (token: string): string =>
  !WHOLE.test(token) || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
