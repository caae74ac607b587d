import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownEncoding } from '../base/encoding-name.js';
import { fail } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import type { ColumnPlan, ConnectorPlan, ContractPlan, SourceFormat, SourcePlan } from '../define/plan.js';
import { type DuckDBConnection, withDatabase } from '../engines/duckdb/database.js';
import { type Column, valueAt } from '../frame/column.js';
import { type Frame, frame, takeRows } from '../frame/frame.js';
import { checkNames } from './column-names.js';
import { conform, type Misfits } from './conform.js';
import { textTypesNeedTexts } from './declared-texts.js';
import { detectFormat } from './detect-format.js';
import type { ColumnHints } from './infer-column.js';
import { asTexts, type InferredColumns, inferColumns } from './infer-columns.js';
import { listFiles } from './list-files.js';
import { firstBytes, type PreparedFile, prepareFile } from './prepare-file.js';
import type { RawColumn } from './raw-column.js';
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
  /** A column that must be there: the line that names it is the header. */
  readonly target?: string | null;
  /** What columns are that need not be found out. */
  readonly known?: Readonly<Record<string, ColumnPlan>>;
  /** The decimal sign of all numbers; found unless given. */
  readonly decimal?: ',' | '.' | null;
  /** Which of month and day comes first in dates of figures; found, or refused as ambiguous, unless given. */
  readonly dates?: 'mdy' | 'dmy' | null;
}

export interface ReadContext {
  /** Where relative paths start. */
  readonly baseDir: string;
  readonly options?: Partial<ReadOptions>;
  /** Whether a row with a value that cannot be read stays, the value missing and told in `unreadable`; it is rejected unless given. */
  readonly keep?: boolean;
}

/** By column: what stands in the rows whose value cannot be read. */
export type Unreadable = ReadonlyMap<string, ReadonlyMap<number, unknown>>;

export interface SourceRows {
  readonly frame: Frame;
  readonly snapshot: Snapshot;
  /** Rows that could not be read; they are not in the frame. */
  readonly rejected: readonly RejectedRow[];
  /** Empty unless such rows are kept. */
  readonly unreadable: Unreadable;
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
    return await withLazyDatabase((connection) => read(source, context, scratch, limits, connection));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Many formats are read without a database; one is opened when it is first asked for. */
async function withLazyDatabase<T>(work: (connection: () => Promise<DuckDBConnection>) => Promise<T>): Promise<T> {
  const lazy: { opened?: Promise<DuckDBConnection>; closed?: Promise<void>; close: () => void } = { close: () => {} };
  const until = new Promise<void>((resolve) => {
    lazy.close = resolve;
  });
  const connection = () => {
    lazy.opened ??= new Promise((resolve, reject) => {
      lazy.closed = withDatabase((opened) => {
        resolve(opened);
        return until;
      }).catch(reject);
    });
    return lazy.opened;
  };
  try {
    return await work(connection);
  } finally {
    lazy.close();
    await lazy.closed;
  }
}

async function read(
  source: SourcePlan | BareSource,
  context: ReadContext,
  scratch: string,
  limits: ReadOptions,
  connection: () => Promise<DuckDBConnection>,
): Promise<SourceRows> {
  const { path, options } = source.from;
  const paths = await listFiles(connection, path, context.baseDir);
  checkEncoding(path, options.encoding);
  const format = source.from.format ?? detectFormat(paths[0] as string, await firstBytes(paths[0] as string));
  const reader = READERS[format];
  const text = reader.text ? { encoding: options.encoding ?? null, maxLineBytes: limits.maxLineBytes } : null;
  const files: PreparedFile[] = [];
  for (const file of paths) files.push(await prepareFile(file, scratch, text, limits));
  const declared = source.contract && Object.keys(source.contract.columns).length > 0 ? source.contract.columns : null;
  const target = 'target' in source ? (source.target ?? null) : null;
  const raw = await reader.read({ connection, files, options, declared, target, ...limits });
  checkNames(path, raw.names);
  if (raw.rows === 0) failWithoutRows(path, raw.rejected);
  if (raw.names.length > limits.maxColumns)
    fail('MW_INGEST_COLUMNS_TOO_MANY', {
      what: `'${path}' has ${raw.names.length} columns; at most ${limits.maxColumns} are read.`,
      where: { file: path },
    });
  const known = declared ?? ('known' in source ? source.known : undefined) ?? {};
  const inferred = await inferColumns(path, raw, known, hintsOf(source, options));
  const { table, misfits } = await conformColumns(raw, inferred, options.missing ?? []);
  const kept = context.keep ?? false;
  const { rows, rejected } = kept ? { rows: table, rejected: [] } : await withoutMisfits(raw, inferred, table, misfits, path);
  const all = [...raw.rejected, ...rejected];
  if (rows.rows === 0) failWithoutRows(path, all);
  const connector: ConnectorPlan = { kind: 'connector', format, path, options: raw.options };
  const columns = Object.fromEntries(raw.names.map((name, i) => [name, inferred.plans[i] as ColumnPlan]));
  return {
    frame: rows,
    snapshot: snapshotOf(source.name ?? path, files, connector, columns, rows, source.time ?? null),
    rejected: all,
    unreadable: kept ? byColumn(misfits) : new Map(),
    connector,
    columns: declared ?? columns,
    warnings: [...encodingWarnings(files), ...raw.warnings, ...inferred.warnings],
  };
}

function checkEncoding(path: string, encoding: string | undefined): void {
  if (encoding !== undefined && knownEncoding(encoding) === null)
    fail('MW_INGEST_ENCODING_UNKNOWN', { what: `There is no encoding '${encoding}'.`, where: { file: path } });
}

const hintsOf = (source: SourcePlan | BareSource, options: ConnectorPlan['options']): ColumnHints => ({
  missing: (options.missing ?? []).map((text) => text.trim()).filter((text) => text !== ''),
  decimal: ('decimal' in source ? source.decimal : undefined) ?? null,
  dates: ('dates' in source ? source.dates : undefined) ?? null,
  // Where it is known what is wanted, a column that nobody asked for is no reason to stop.
  refuseAmbiguous: !('known' in source) || source.known === undefined,
});

function encodingWarnings(files: readonly PreparedFile[]): string[] {
  return files
    .filter(({ guessed }) => guessed)
    .map(({ path, encoding }) =>
      encoding === 'utf-8'
        ? `'${path}' is UTF-8 but for some lines, which are rejected. Name the encoding with --encoding if it is another.`
        : `'${path}' is not UTF-8; its encoding is guessed to be ${encoding}. Name it with --encoding if that is wrong.`,
    );
}

function failWithoutRows(path: string, rejected: readonly RejectedRow[]): never {
  const first = rejected[0];
  if (!first) fail('MW_INGEST_NO_ROWS', { what: `'${path}' holds no row.`, where: { file: path } });
  return fail('MW_INGEST_ALL_ROWS_REJECTED', {
    what: `None of the ${rejected.length} rows of '${path}' could be read. The first: ${first.reason}`,
    where: { file: first.file, line: first.line ?? undefined, row: first.row ?? undefined },
  });
}

async function conformColumns(
  raw: RawTable,
  { plans, columns }: InferredColumns,
  missing: readonly string[],
): Promise<{ table: Frame; misfits: Misfits }> {
  const misfits: Misfits = new Map();
  const conformed: [string, Column][] = [];
  for (let i = 0; i < raw.names.length; i++) {
    const name = raw.names[i] as string;
    const plan = withMissing(plans[i] as ColumnPlan, raw.texts ? missing : []);
    let column = columns[i] as RawColumn;
    if (column.kind === 'numbers' && !column.native && textTypesNeedTexts(plan, missing))
      column = await asTexts(raw, name, column);
    conformed.push([name, conform(name, column, plan, misfits)]);
  }
  return { table: frame(Object.fromEntries(conformed), raw.rows), misfits };
}

/** The rows whose values can all be read, and what became of the others. */
async function withoutMisfits(
  raw: RawTable,
  { columns }: InferredColumns,
  table: Frame,
  misfits: Misfits,
  path: string,
): Promise<{ rows: Frame; rejected: RejectedRow[] }> {
  if (misfits.size === 0) return { rows: table, rejected: [] };
  const bad = [...misfits.keys()].sort((a, b) => a - b);
  const texts = raw.rawRows ? await raw.rawRows(bad) : null;
  const rejected = bad.map((row, i) => ({
    file: texts?.[i]?.file ?? path,
    line: texts?.[i]?.line ?? null,
    row: row + 1,
    raw: texts?.[i]?.raw ?? rowJson(raw, columns, row),
    reason: `${(misfits.get(row) ?? []).map(({ reason }) => reason).join('; ')}.`,
  }));
  const keep = new Int32Array(table.rows - bad.length);
  for (let row = 0, to = 0; row < table.rows; row++) if (!misfits.has(row)) keep[to++] = row;
  return { rows: takeRows(table, keep), rejected };
}

function byColumn(misfits: Misfits): Unreadable {
  const found = new Map<string, Map<number, unknown>>();
  for (const [row, list] of misfits)
    for (const { column, value } of list) {
      const rows = found.get(column);
      if (rows) rows.set(row, value);
      else found.set(column, new Map([[row, value]]));
    }
  return found;
}

/** What a file's options say of missing texts holds for a column that says nothing itself. */
function withMissing(plan: ColumnPlan, missing: readonly string[]): ColumnPlan {
  if (missing.length === 0 || plan.reads?.missing) return plan;
  return { ...plan, reads: { ...plan.reads, missing: missing.map((text) => text.trim()) } };
}

function rowJson(raw: RawTable, columns: readonly RawColumn[], row: number): string {
  const values = columns.map((column) => (column.kind === 'numbers' ? (column.values[row] ?? null) : valueAt(column, row)));
  return JSON.stringify(Object.fromEntries(raw.names.map((name, i) => [name, values[i]])));
}
