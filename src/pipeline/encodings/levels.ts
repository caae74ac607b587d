import { countLevels, type Texts } from '../read-column.js';

/** Level texts by falling number of rows, ties by text, so that the order does not depend on the order of the rows. */
export function levelsByFrequency(texts: Texts): { readonly level: string; readonly rows: number }[] {
  const counts = countLevels(texts);
  return texts.dictionary
    .map((level, code) => ({ level, rows: counts[code] }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.level < b.level ? -1 : 1));
}

/** Position of each level. */
export const positions = (levels: readonly string[]): Map<string, number> =>
  new Map(levels.map((level, position) => [level, position]));
