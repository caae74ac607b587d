import { resolve } from 'node:path';
import type { ColumnPlan, ConnectorPlan, SourceFormat } from '../define/plan.js';
import type { ReadOptions } from './read-options.js';
import { readSource } from './read-source.js';

export interface InspectOptions {
  /** What is known already; the rest is found. */
  readonly format?: SourceFormat;
  readonly options?: ConnectorPlan['options'];
  readonly limits?: Partial<ReadOptions>;
  /** Where a relative path starts; the working directory unless given. */
  readonly baseDir?: string;
}

export interface InspectedFile {
  readonly connector: ConnectorPlan;
  readonly columns: Readonly<Record<string, ColumnPlan>>;
  readonly warnings: readonly string[];
}

/**
 * What a file (or the files of a glob) is without any definition: its format, how it is written, and its columns over all of its rows.
 * `readSource` without a contract gives the same together with the rows.
 * @throws MW_INGEST_*
 */
export async function inspectFile(path: string, given: InspectOptions = {}): Promise<InspectedFile> {
  const { connector, columns, warnings } = await readSource(
    { from: { kind: 'connector', format: given.format ?? null, path, options: given.options ?? {} }, contract: null },
    { baseDir: given.baseDir ?? resolve('.'), ...(given.limits ? { options: given.limits } : {}) },
  );
  return { connector, columns, warnings };
}
