import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TrainingData } from '../../../src/models/estimator.js';

/** How a published file is read. Columns whose texts are not all numbers are categories. */
export interface Layout {
  readonly files: readonly string[];
  readonly delimiter?: string;
  readonly header: boolean;
  /** Position of the target; negative counts from the end. */
  readonly target: number;
  readonly dropped?: readonly number[];
  /** The target's text that is class 1 of a binary problem; classes of others are in the order of their texts. */
  readonly positive?: (text: string) => boolean;
  readonly task: 'binary' | 'multiclass' | 'regression';
}

const MISSING: ReadonlySet<string> = new Set(['', '?']);

/** The rows of published files, one after the other; null when one of them is not there. */
export function readDelimited(
  folder: string,
  layout: Layout,
): { readonly data: TrainingData; readonly classes: number } | null {
  const paths = layout.files.map((file) => [`${folder}/${file}`, `${folder}/${file}.gz`].find((path) => existsSync(path)));
  const records: string[][] = [];
  for (const path of paths) {
    if (path === undefined) return null;
    const bytes = readFileSync(path);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const lines = text.split(/\r?\n/).slice(layout.header ? 1 : 0);
    const split = lines.map((line) =>
      line.split(layout.delimiter ?? ',').map((cell) => cell.trim().replace(/^["']|["']$/g, '')),
    );
    const width = Math.max(...split.slice(0, 100).map((cells) => cells.length));
    records.push(...split.filter((cells) => cells.length === width));
  }
  const width = records[0].length;
  const at = (layout.target + width) % width;
  const inputs = Array.from({ length: width }, (_, j) => j).filter((j) => j !== at && !layout.dropped?.includes(j));
  const columns = inputs.map((j) => toColumn(records.map((cells) => cells[j])));
  const texts = records.map((cells) => cells[at]);
  const names = layout.task === 'multiclass' ? [...new Set(texts)].sort() : [];
  const target = Float64Array.from(texts, (text) =>
    layout.task === 'regression' ? Number(text) : layout.positive ? Number(layout.positive(text)) : names.indexOf(text),
  );
  const features = columns.map(({ categories }, j) => ({ name: `f${inputs[j]}`, categories }));
  const matrix = { rows: records.length, columns: columns.map(({ values }) => values), features };
  return { data: { matrix, target }, classes: layout.task === 'regression' ? 1 : layout.task === 'binary' ? 2 : names.length };
}

function toColumn(texts: readonly string[]): { readonly values: Float64Array; readonly categories: number } {
  const present = texts.filter((text) => !MISSING.has(text));
  if (present.every((text) => Number.isFinite(Number(text))))
    return { values: Float64Array.from(texts, (text) => (MISSING.has(text) ? Number.NaN : Number(text))), categories: 0 };
  const codes = new Map([...new Set(present)].sort().map((text, code) => [text, code]));
  return { values: Float64Array.from(texts, (text) => codes.get(text) ?? Number.NaN), categories: codes.size };
}
