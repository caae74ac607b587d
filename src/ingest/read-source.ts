import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import type { ColumnPlan, ConnectorPlan, ContractPlan, SourceFormat, SourcePlan } from '../define/plan.js';
import { type DuckDBConnection, withDatabase } from '../engines/duckdb/database.js';
import { type Frame, frame, rowAt, takeRows } from '../frame/frame.js';
import { conform, type Misfits } from './conform.js';
import { detectFormat } from './detect-format.js';
import { listFiles } from './list-files.js';
import { planColumns } from './plan-columns.js';
import { firstBytes, prepareFile } from './prepare-file.js';
import { type ReadOptions, readOptions } from './read-options.js';
import type { RawTable, RejectedRow } from './reader.js';
import { READERS } from './readers/catalogue.js';
import { type Snapshot, snapshotOf } from './snapshot.js';

/** A source without a definition: only where it is, and its contract if there is one. */
export interface BareSource {
  readonly name?: string;
  /** A format that is null is found by the files' names and content. */
  readonly from: Omit<ConnectorPlan, 'format'> & { readonly format: SourceFormat | null };
  readonly contract: ContractPlan | null;
  readonly time?: string | null;
}

export interface ReadContext {
  /** Where relative paths start. */
  readonly baseDir: string;
  readonly options?: Partial<ReadOptions>;
}

export interface SourceRows {
  readonly frame: Frame;
  readonly snapshot: Snapshot;
  /** Rows that could not be read; they are not in the frame. */
  readonly rejected: readonly RejectedRow[];
  /** How the files were read, with nothing left to find out. */
  readonly connector: ConnectorPlan;
  /** The declared columns, or what was found. */
  readonly columns: Readonly<Record<string, ColumnPlan>>;
  readonly warnings: readonly string[];
}

/**
 * Reads all rows of a source, in the order of its files, as its contract declares them; without a contract, as what they are found to be.
 * @throws MW_INGEST_*; a row that cannot be read is in `rejected` and no error
 */
export async function readSource(source: SourcePlan | BareSource, context: ReadContext): Promise<SourceRows> {
  const limits = resolveOptions('readSource', readOptions, context.options ?? {});
  const scratch = await mkdtemp(join(tmpdir(), 'millwright-read-'));
  try {
    return await withDatabase((connection) => read(connection, source, context.baseDir, scratch, limits));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function read(
  connection: DuckDBConnection,
  source: SourcePlan | BareSource,
  baseDir: string,
  scratch: string,
  limits: ReadOptions,
): Promise<SourceRows> {
  const { path, options } = source.from;
  const paths = await listFiles(connection, path, baseDir);
  const format = source.from.format ?? detectFormat(paths[0] as string, await firstBytes(paths[0] as string));
  const reader = READERS[format];
  const text = reader.text ? { encoding: options.encoding ?? null, maxLineBytes: limits.maxLineBytes } : null;
  const files = [];
  for (const file of paths) files.push(await prepareFile(file, scratch, text));
  const declared = source.contract && Object.keys(source.contract.columns).length > 0 ? source.contract.columns : null;
  const raw = await reader.read({ connection, files, options, declared, maxLineBytes: limits.maxLineBytes });
  if (raw.frame.rows === 0) failWithoutRows(path, raw.rejected);
  const columns = declared ?? planColumns(raw.frame, raw.types);
  const { table, rejected } = await conformRows(raw, columns, path);
  const all = [...raw.rejected, ...rejected];
  if (table.rows === 0) failWithoutRows(path, all);
  const connector: ConnectorPlan = { kind: 'connector', format, path, options: raw.options };
  return {
    frame: table,
    snapshot: snapshotOf(source.name ?? path, files, connector, columns, table, source.time ?? null),
    rejected: all,
    connector,
    columns,
    warnings: raw.warnings,
  };
}

function failWithoutRows(path: string, rejected: readonly RejectedRow[]): never {
  const first = rejected[0];
  if (!first) fail('MW_INGEST_NO_ROWS', { what: `'${path}' holds no row.`, where: { file: path } });
  return fail('MW_INGEST_ALL_ROWS_REJECTED', {
    what: `None of the ${rejected.length} rows of '${path}' could be read. The first: ${first.reason}`,
    where: { file: first.file, line: first.line ?? undefined, row: first.row ?? undefined },
  });
}

async function conformRows(
  raw: RawTable,
  columns: Readonly<Record<string, ColumnPlan>>,
  path: string,
): Promise<{ table: Frame; rejected: RejectedRow[] }> {
  const misfits: Misfits = new Map();
  const conformed = Object.fromEntries(
    Object.entries(columns).map(([name, plan]) => [
      name,
      conform(name, raw.frame.columns[name] as Frame['columns'][string], plan, misfits),
    ]),
  );
  const table = frame(conformed, raw.frame.rows);
  if (misfits.size === 0) return { table, rejected: [] };
  const bad = [...misfits.keys()].sort((a, b) => a - b);
  const texts = raw.rawRows ? await raw.rawRows(bad) : null;
  const rejected = bad.map((row, i) => ({
    file: path,
    line: texts?.[i]?.line ?? null,
    row: row + 1,
    raw: texts?.[i]?.raw ?? JSON.stringify(rowAt(raw.frame, row)),
    reason: `${(misfits.get(row) as string[]).join('; ')}.`,
  }));
  const keep = new Int32Array(table.rows - bad.length);
  for (let row = 0, to = 0; row < table.rows; row++) if (!misfits.has(row)) keep[to++] = row;
  return { table: takeRows(table, keep), rejected };
}
