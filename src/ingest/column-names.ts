import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';

/** Names of the columns of a file without a header. */
export const positionalNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);

/**
 * The names of a header; one that is empty gets the name of its position.
 * @throws MW_INGEST_COLUMN_DUPLICATE
 */
export function headerNames(file: string, fields: readonly string[]): string[] {
  const named = new Set(fields.map((field) => field.trim()));
  const names = fields.map((field, i) => field.trim() || free(`c${i}`, named));
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const before = seen.get(name);
    if (before !== undefined)
      fail('MW_INGEST_COLUMN_DUPLICATE', {
        what: `Columns ${before + 1} and ${i + 1} are both called '${name}'.`,
        where: { file, column: name },
      });
    seen.set(name, i);
  });
  return names;
}

function free(name: string, taken: ReadonlySet<string>): string {
  let one = name;
  while (taken.has(one)) one = `${one}_`;
  return one;
}

/** @throws MW_INGEST_COLUMN_NAME for a name that nothing can be called by */
export function checkNames(file: string, names: readonly string[]): void {
  names.forEach((name, i) => {
    const problem = name === '' ? 'empty' : name.includes('\0') ? 'with a NUL character in it' : null;
    if (problem !== null)
      fail('MW_INGEST_COLUMN_NAME', { what: `The name of column ${i + 1} is ${problem}.`, where: { file, column: name } });
  });
}

/** @throws MW_INGEST_COLUMN_MISSING when a declared column is not among those of the file */
export function checkDeclared(file: string, declared: readonly string[], present: readonly string[]): void {
  const there = new Set(present);
  for (const name of declared)
    if (!there.has(name))
      fail('MW_INGEST_COLUMN_MISSING', {
        what: `Column '${name}' is declared but not in the file; it has ${present.join(', ')}.`,
        where: { file, column: name },
        fix: `Declare the columns under the names that the file has.${didYouMean(name, present)}`,
      });
}
