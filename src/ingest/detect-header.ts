import { isMissingWord } from './missing-texts.js';
import { looksTyped, type TextType, textType, widerType } from './text-types.js';

/**
 * Whether the first record names the columns. What decides is whether it could be a row: a field that is no number in a column of
 * numbers is a name, whatever the other fields look like (years, pixels, dates and bands are names too).
 */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = records;
  if (!first) return false;
  const names = first.map((field) => field.trim());
  if (rest.length === 0) return !names.some((name) => name !== '' && isValue(name));
  const sum = votes(names, rest);
  if (names.some((name) => name !== '' && isValue(name))) return sum > 0;
  if (new Set(names).size < names.length && names.filter((name) => name === '').length !== 1) return sum > 0;
  return sum >= 0;
}

/** Whether the first record is clearly of names: it could not be a row. */
export function speaksForNames(records: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = records;
  return (
    first !== undefined &&
    rest.length > 0 &&
    votes(
      first.map((field) => field.trim()),
      rest,
    ) >= 1
  );
}

const isValue = (text: string) => textType(text) !== 'string' || isMissingWord(text);

/** Columns that speak for a header minus columns that speak against one. */
function votes(names: readonly string[], rest: readonly (readonly string[])[]): number {
  if (names.length >= 3 && counted(names)) return names.length;
  let sum = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const { type, seen, filled } = columnOf(rest, i);
    if (type === null || name === '') continue;
    if (type === 'string') sum += seen.has(name) ? -1 : seen.size * 3 < filled ? 0.5 : 0;
    else if (isMissingWord(name)) sum -= 1;
    else sum += fitsType(name, type) ? -1 : looksTyped(name) ? 2 : names.length;
  }
  return sum;
}

/** 0, 1, 2 ... or 1, 2, 3 ...: what a table without names is headed with. */
const counted = (names: readonly string[]): boolean =>
  names.every((name, i) => name === String(i)) || names.every((name, i) => name === String(i + 1));

const fitsType = (name: string, type: TextType): boolean => {
  const own = textType(name);
  return own === type || (own !== 'string' && widerType(own, type) === type);
};

function columnOf(
  rest: readonly (readonly string[])[],
  i: number,
): { type: TextType | null; seen: Set<string>; filled: number } {
  const seen = new Set<string>();
  let type: TextType | null = null;
  let filled = 0;
  for (const record of rest) {
    const field = record[i]?.trim() ?? '';
    if (field === '' || isMissingWord(field)) continue;
    filled++;
    seen.add(field);
    type = type === null ? textType(field) : widerType(type, textType(field));
  }
  return { type, seen, filled };
}
