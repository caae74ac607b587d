import type { StringColumn } from '../frame/column.js';
import type { NumbersAndTexts } from './raw-column.js';

export interface CountedText {
  readonly text: string;
  /** Rows that have it. */
  readonly count: number;
}

/** The different texts of a column with their rows, in order of first appearance. */
export function countTexts(column: StringColumn | NumbersAndTexts): CountedText[] {
  const { codes, dictionary } = column.kind === 'numbers' ? column.texts : column;
  const counts = new Float64Array(dictionary.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    if (code >= 0) counts[code] = (counts[code] as number) + 1;
  }
  return dictionary
    .map((text, code) => ({ text: String(text), count: counts[code] as number }))
    .filter(({ count }) => count > 0);
}

/** The commonest texts in words: 'x' (20 rows), 'y' (3 rows) and 5 others. */
export function namedTexts(texts: readonly CountedText[], most = 5): string {
  const sorted = [...texts].sort((a, b) => b.count - a.count);
  const shown = sorted.slice(0, most).map(({ text, count }) => `'${short(text)}' (${count} ${count === 1 ? 'row' : 'rows'})`);
  const others = sorted.length - shown.length;
  return `${shown.join(', ')}${others > 0 ? ` and ${others} other${others === 1 ? '' : 's'}` : ''}`;
}

export const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
