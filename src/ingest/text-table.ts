import type { ColumnPlan } from '../define/plan.js';
import type { DuckDBConnection } from '../engines/duckdb/database.js';
import { identifier } from '../engines/duckdb/quote.js';
import { frameOf } from '../engines/duckdb/to-frame.js';
import type { Column, StringColumn } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import type { TextType } from './text-types.js';

/** The type that texts are read as for a declared column. */
export function textTypeOf(plan: ColumnPlan): TextType {
  return plan.type === 'category' || plan.type === 'text' ? 'string' : plan.type;
}

/**
 * A string column with white space around its texts taken off and the texts that mean missing taken out.
 * Codes stay in order of first appearance.
 */
export function trimmed(column: StringColumn, missing: ReadonlySet<string>): StringColumn {
  const dictionary: string[] = [];
  const seen = new Map<string, number>();
  const codes = new Int32Array(column.dictionary.length);
  let same = true;
  column.dictionary.forEach((raw, code) => {
    const text = raw.trim();
    let to = -1;
    if (text !== '' && !missing.has(text)) {
      const known = seen.get(text);
      to = known ?? dictionary.push(text) - 1;
      if (known === undefined) seen.set(text, to);
    }
    codes[code] = to;
    same &&= to === code && text === raw;
  });
  if (same) return column;
  return { kind: 'string', codes: column.codes.map((code) => (code < 0 ? -1 : (codes[code] as number))), dictionary };
}

/** A moment that could not be read, until its row is rejected. */
const UNREADABLE = "CAST('Infinity' AS DOUBLE)";

/**
 * The expression that reads a text as a moment, NaN for missing and infinite for a text that is none, so that a bad row
 * is found in the one pass that reads the good ones.
 */
function momentOf(name: string): string {
  const cast = `TRY_CAST(${name} AS TIMESTAMPTZ)`;
  return `CASE WHEN ${name} IS NULL THEN CAST('NaN' AS DOUBLE) WHEN isfinite(${cast}) THEN epoch_us(${cast}) / 1000.0 ELSE ${UNREADABLE} END`;
}

/**
 * Reads a relation whose timestamp columns are still texts. The frame's timestamps are infinite where a text was no moment;
 * `texts` gives the text back.
 */
export async function frameWithMoments(
  connection: DuckDBConnection,
  relation: string,
  types: Readonly<Record<string, TextType>>,
): Promise<Frame> {
  const names = Object.keys(types);
  const columns = names.map((name) =>
    types[name] === 'timestamp' ? `${momentOf(identifier(name))} AS ${identifier(name)}` : identifier(name),
  );
  const read = await frameOf(connection, `SELECT ${columns.join(', ')} FROM ${relation}`);
  const out: Record<string, Column> = {};
  for (const name of names) {
    const column = read.columns[name] as Column;
    out[name] = types[name] === 'timestamp' && column.kind === 'number' ? { kind: 'timestamp', values: column.values } : column;
  }
  return frame(out, read.rows);
}
