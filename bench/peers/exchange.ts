import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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
  /** Positions of the categorical columns, whose values are codes. */
  readonly categorical: readonly number[];
}

/** Doubles, column after column, the target last. */
export function writeTable(path: string, { matrix, target }: TrainingData): TableFile {
  const file = openSync(path, 'w');
  for (const column of [...matrix.columns, target])
    writeSync(file, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  closeSync(file);
  return { path, rows: matrix.rows, categorical: matrix.features.flatMap(({ categories }, j) => (categories > 0 ? [j] : [])) };
}

/** Doubles that a peer wrote. */
export function readDoubles(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
