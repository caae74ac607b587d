import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingData } from '../../src/models/estimator.js';

/** Runs `work` with a folder of its own for the files that a peer reads and writes. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a script needs to read a table that `writeTable` wrote. */
export interface TableFile {
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  /** Positions of the categorical columns, whose values are codes. */
  readonly categorical: readonly number[];
}

/** Doubles, column after column, the target last. */
export function writeTable(path: string, { matrix, target }: TrainingData): TableFile {
  const file = openSync(path, 'w');
  for (const column of [...matrix.columns, target]) writeSync(file, bytesOf(column));
  closeSync(file);
  const categorical = matrix.features.flatMap(({ categories }, j) => (categories > 0 ? [j] : []));
  return { path, rows: matrix.rows, columns: matrix.columns.length, categorical };
}

/** What `writeTable` wrote, in a process of ours that stands beside a peer's. */
export function readTable({ path, rows, columns, categorical }: TableFile): TrainingData {
  const file = openSync(path, 'r');
  const read = Array.from({ length: columns + 1 }, () => {
    const column = new Float64Array(rows);
    readSync(file, bytesOf(column));
    return column;
  });
  closeSync(file);
  const target = read.pop() as Float64Array;
  const features = read.map((column, j) => ({
    name: `f${j}`,
    categories: categorical.includes(j) ? column.reduce((most, code) => (code > most ? code : most), 0) + 1 : 0,
  }));
  return { matrix: { rows, columns: read, features }, target };
}

const bytesOf = (column: Float64Array) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

/** Doubles that a peer wrote. */
export function readDoubles(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
