import { type DuckDBConnection, rowsOf } from '../engines/duckdb/database.js';
import { identifier, textLiteral } from '../engines/duckdb/quote.js';
import { MISSING_STRINGS, MISSING_TEXTS } from './missing-texts.js';
import { DECIMAL_COMMA, type TextType, textType } from './text-types.js';

/** What texts of a table are, found over all of its rows. */
export interface InferredTypes {
  readonly types: Readonly<Record<string, TextType>>;
  /** The texts that mean missing, as they stand in the file, without the empty one. */
  readonly missing: readonly string[];
  readonly warnings: readonly string[];
}

/** A column is typed when at least this share of its texts are of the type and at least so many rows speak for it. */
const ENOUGH = 0.99;
const FEW = 100;

/**
 * The types of a relation whose columns are all texts: candidates come from a sample, and one pass over everything confirms them.
 * A column where a few texts (1 % at most) do not fit is typed with a warning; those rows are rejected when it is read.
 * @param sample some rows, in the order of `names`
 */
export async function inferTypes(
  connection: DuckDBConnection,
  relation: string,
  names: readonly string[],
  sample: readonly (readonly string[])[],
): Promise<InferredTypes> {
  const candidates = names.map((_, i) => candidateOf(sample, i));
  const wanted = (i: number, type: TextType) => {
    const candidate = candidates[i]?.type ?? null;
    return candidate === null || candidate === type || (candidate === 'integer' && type === 'number');
  };
  const numeric = (i: number) => wanted(i, 'integer') || wanted(i, 'number');
  // Each step is computed once a row, in its own SELECT, however many counts read it; one regular expression is cheaper than a list.
  const marked = names.map((name, i) => {
    const text = identifier(name);
    const double = numeric(i) ? `, TRY_CAST(${text} AS DOUBLE) AS d${i}` : '';
    return `${text} AS r${i}, regexp_full_match(${text}, ${textLiteral(MISSING_PATTERN)}) AS m${i}${double}`;
  });
  const counts = names.flatMap((_, i) => [
    `count(r${i}) FILTER (NOT m${i})`,
    ...TESTS.map((test) =>
      wanted(i, test.type) ? `count(*) FILTER (NOT m${i} AND ${test.sql(`trim(r${i})`, `d${i}`)})` : '0',
    ),
    `list_sort(list(DISTINCT r${i}) FILTER (m${i}))`,
  ]);
  const query = `SELECT ${counts.join(', ')} FROM (SELECT ${marked.join(', ')} FROM ${relation})`;
  const found = (await rowsOf(connection, query))[0] ?? [];
  const types: Record<string, TextType> = {};
  const missing = new Set<string>();
  const warnings: string[] = [];
  names.forEach((name, i) => {
    const at = i * (TESTS.length + 2);
    const present = Number(found[at]);
    const hits = TESTS.map((_, k) => Number(found[at + 1 + k]));
    const raws = listItems(found[at + 1 + TESTS.length]);
    const best = bestType(present, hits, candidates[i] ?? null);
    types[name] = best.type;
    if (best.misfits > 0)
      warnings.push(
        `Column '${name}' is read as ${best.type}: ${best.misfits} of ${present} values are not, and their rows are rejected.`,
      );
    if (best.type === 'string' && candidates[i]?.comma)
      warnings.push(
        `Column '${name}' looks like numbers with a decimal comma; it is read as text. Write the numbers with a point.`,
      );
    const meaning = best.type === 'string' ? stringMissing(candidates[i]?.codes ?? false) : MISSING_TEXTS;
    for (const raw of raws) if (raw.trim() === '' ? raw !== '' : meaning.includes(raw.trim())) missing.add(raw);
  });
  return { types, missing: [...missing].sort(), warnings };
}

const MISSING_PATTERN = `\\s*(?:${MISSING_TEXTS.map((text) => text.replace(/[?]/g, '\\$&')).join('|')})?\\s*`;
const listItems = (value: unknown): string[] =>
  value !== null && typeof value === 'object' && 'items' in value ? (value as { items: unknown[] }).items.map(String) : [];
const stringMissing = (codes: boolean) => (codes ? MISSING_STRINGS.filter((text) => text !== 'NA') : MISSING_STRINGS);

/** Whether a text is of a type, in SQL over the text and, for numbers, what it is as a double. */
const TESTS: readonly { readonly type: TextType; readonly sql: (text: string, double: string) => string }[] = [
  { type: 'integer', sql: (_, d) => `abs(${d}) <= 9007199254740991 AND ${d} = floor(${d})` },
  { type: 'number', sql: (_, d) => `${d} IS NOT NULL` },
  { type: 'boolean', sql: (t) => `lower(${t}) IN ('true', 'false')` },
  { type: 'timestamp', sql: (t) => `TRY_CAST(${t} AS TIMESTAMPTZ) IS NOT NULL` },
];

interface Candidate {
  readonly type: TextType;
  /** Most texts are numbers with a decimal comma. */
  readonly comma: boolean;
  /** All texts are two capital letters, so NA may be one of them. */
  readonly codes: boolean;
}

/** What a sample speaks for; null when it holds nothing but missing values. */
function candidateOf(sample: readonly (readonly string[])[], column: number): Candidate | null {
  const tally: Record<TextType, number> = { integer: 0, number: 0, boolean: 0, timestamp: 0, string: 0 };
  let present = 0;
  let comma = 0;
  let codes = true;
  for (const record of sample) {
    const text = record[column]?.trim() ?? '';
    if (text === '' || MISSING_TEXTS.includes(text)) continue;
    present++;
    tally[textType(text)]++;
    if (DECIMAL_COMMA.test(text)) comma++;
    if (!/^[A-Z]{2}$/.test(text)) codes = false;
  }
  if (present === 0) return null;
  const enough = present < FEW ? present : present * ENOUGH;
  let type: TextType = 'string';
  if (tally.integer + tally.number >= enough) type = tally.number > 0 ? 'number' : 'integer';
  else if (tally.boolean >= enough) type = 'boolean';
  else if (tally.timestamp >= enough) type = 'timestamp';
  return { type, comma: comma >= present * 0.9, codes };
}

function bestType(present: number, hits: readonly number[], candidate: Candidate | null): { type: TextType; misfits: number } {
  if (present === 0) return { type: 'string', misfits: 0 };
  const order: readonly TextType[] =
    candidate === null
      ? ['integer', 'number', 'boolean', 'timestamp']
      : candidate.type === 'integer'
        ? ['integer', 'number']
        : [candidate.type];
  const hitsOf = (type: TextType) => hits[TESTS.findIndex((test) => test.type === type)] ?? 0;
  for (const type of order) if (hitsOf(type) === present) return { type, misfits: 0 };
  if (present >= FEW)
    for (const type of order) {
      if (type === 'integer' && hitsOf('number') > hitsOf('integer')) continue;
      if (type !== 'string' && hitsOf(type) >= present * ENOUGH) return { type, misfits: present - hitsOf(type) };
    }
  return { type: 'string', misfits: 0 };
}
