import { isUtf8 } from 'node:buffer';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { asMillwrightError, MillwrightError } from '../../base/error.js';
import { syncFolder } from '../durable-file.js';
import { LibsqlDatabase } from '../metadata/libsql-database.js';
import { openMetadata } from '../metadata/sqlite-metadata.js';
import { overlayWal } from '../metadata/wal-pages.js';
import type { MetadataStore } from '../ports.js';
import type { Aside, Damage } from './damage.js';

const MEND = 'Every row that can be read is copied into a new database; the old one is put aside.';
/** Problems named of a damaged database. */
const SHOWN = 3;

/** Looks at the whole database, in a copy: nothing that is found can change it. `expected` says that the store holds other things. */
export async function examineMetadata(path: string, expected: boolean): Promise<readonly Damage[]> {
  const damage = (what: string, mend = MEND): Damage => ({ part: 'metadata', file: path, what, mend });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) {
    if (!expected) return [];
    const wal = copyOf(path);
    return [
      damage(
        'The metadata database is empty, though the store holds artifacts or events: runs, models, aliases and the audit log are lost.',
        wal === undefined ? 'A new, empty database is made; what the old one held cannot be brought back.' : MEND,
      ),
    ];
  }
  try {
    return await withCopy(path, async (copy) => {
      const problems = problemsOf(copy);
      if (problems.length > 0)
        return [
          damage(
            `The metadata database is damaged: ${problems.slice(0, SHOWN).join('; ')}${problems.length > SHOWN ? '; and more' : ''}.`,
          ),
        ];
      const metadata = await openMetadata(copy, { expected });
      await metadata.close();
      return [];
    });
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    if (error.code !== 'MW_STORE_CORRUPT') throw error;
    return [damage(error.message)];
  }
}

/** What SQLite's own check finds, and texts that are none, a sentence each; none when all is well. */
function problemsOf(path: string): readonly string[] {
  const database = new LibsqlDatabase(path, ['query_only = ON']);
  try {
    if (!textsAreWhole(database, 'sqlite_master', ['type', 'name', 'tbl_name', 'sql']))
      return ['the schema holds text that is none'];
    const rows = database.prepare('pragma integrity_check(100)').all([]) as { integrity_check?: unknown }[];
    const found = rows.map((row) => String(row.integrity_check).replaceAll('\n', ', ')).filter((text) => text !== 'ok');
    if (found.length > 0) return found;
    return tablesOf(database).flatMap(({ name, columns }) =>
      textsAreWhole(database, name, columns) ? [] : [`the table '${name}' holds text that is none`],
    );
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return [error.cause instanceof Error ? error.cause.message : error.message];
  } finally {
    database.close();
  }
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

function tablesOf(database: LibsqlDatabase): readonly Table[] {
  const tables = database.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").all([]);
  return (tables as { name: string }[]).map(({ name }) => ({
    name,
    columns: (database.prepare('select name from pragma_table_info(?)').all([name]) as { name: string }[]).map(
      (column) => column.name,
    ),
  }));
}

const textsAreWhole = (database: LibsqlDatabase, table: string, columns: readonly string[]): boolean =>
  (database.prepare(`select ${columns.map(asBytes).join(', ')} from "${table}"`).all([]) as Row[]).every((row) =>
    columns.every((column) => isWhole(row[column])),
  );

/** Texts as their bytes: libsql ends the whole process on a text that is no UTF-8. */
const asBytes = (column: string): string =>
  `case typeof("${column}") when 'text' then cast("${column}" as blob) else "${column}" end as "${column}"`;

/** libsql gives bytes as an ArrayBuffer. */
const bytesOf = (value: unknown): Uint8Array | undefined =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : value instanceof Uint8Array ? value : undefined;

function isWhole(value: unknown): boolean {
  const bytes = bytesOf(value);
  return bytes === undefined || isUtf8(bytes);
}

/** What a file and its WAL are together; undefined when that is nothing. */
function copyOf(path: string): Buffer | undefined {
  const file = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = existsSync(`${path}-wal`) ? overlayWal(file, readFileSync(`${path}-wal`)) : undefined;
  return whole ?? (file.length > 0 ? file : undefined);
}

async function withCopy<T>(path: string, work: (copy: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-metadata-'));
  try {
    const copy = join(folder, 'metadata.db');
    writeFileSync(copy, copyOf(path) ?? Buffer.alloc(0));
    return await work(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a repair of the metadata brought over. */
export interface RecoveredMetadata {
  readonly rows: number;
}

/** Copies every row that can be read into a new database, which takes the place of the old one; the old one is put aside with its WAL. */
export async function repairMetadata(path: string, aside: Aside): Promise<RecoveredMetadata> {
  const fresh = `${path}.repaired`;
  for (const end of ['', '-wal', '-shm']) rmSync(fresh + end, { force: true });
  const metadata = await openMetadata(fresh);
  let rows = 0;
  try {
    await withCopy(path, async (copy) => {
      rows = await copyRows(copy, metadata);
    });
    await sql`pragma wal_checkpoint(TRUNCATE)`.execute(metadata.db);
  } finally {
    await metadata.close();
  }
  for (const end of ['-wal', '-shm', '']) if (existsSync(path + end)) await aside.move(path + end);
  for (const end of ['-wal', '-shm']) rmSync(fresh + end, { force: true });
  await rename(fresh, path);
  await syncFolder(dirname(path));
  return { rows };
}

async function copyRows(from: string, to: MetadataStore): Promise<number> {
  if (statSync(from).size === 0) return 0;
  const old = new LibsqlDatabase(from, ['query_only = ON']);
  let copied = 0;
  try {
    const tables = (await to.db.introspection.getTables()).filter(({ name }) => name !== 'schema_version');
    for (const { name, columns } of tables)
      await to.transaction(async (inside) => {
        const names = columns.map((column) => column.name);
        for (const read of readableRows(old, name, names)) {
          // No column holds bytes: what came as bytes is text, and a row with text that is none is damaged.
          if (!names.every((each) => isWhole(read[each]))) continue;
          const row = Object.fromEntries(names.map((each) => [each, asText(read[each])]));
          const insert = sql`insert or ignore into ${sql.table(name)} (${sql.join(names.map((each) => sql.ref(each)))}) values (${sql.join(
            names.map((each) => row[each] ?? null),
          )})`;
          const { numAffectedRows } = await insert.execute(inside).catch((thrown: unknown) => {
            // A row that lost what it must have is none.
            if (thrown instanceof MillwrightError) throw thrown;
            return { numAffectedRows: 0n };
          });
          copied += Number(numAffectedRows ?? 0);
        }
      });
  } finally {
    old.close();
  }
  return copied;
}

function asText(value: unknown): unknown {
  const bytes = bytesOf(value);
  return bytes === undefined ? value : Buffer.from(bytes).toString('utf8');
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of a table from both ends up to what cannot be read, and each that can be found between. */
function* readableRows(database: LibsqlDatabase, table: string, names: readonly string[]): Generator<Row> {
  const seen = new Set<unknown>();
  const columns = names.map(asBytes).join(', ');
  for (const query of [
    `select rowid as "row id", ${columns} from "${table}" not indexed order by rowid`,
    `select rowid as "row id", ${columns} from "${table}" not indexed order by rowid desc`,
  ])
    for (const row of untilDamage(database, query)) if (!seen.has(row['row id'])) yield* once(row, seen);
  for (const id of rowIds(database, table)) {
    if (seen.has(id)) continue;
    const query = `select rowid as "row id", ${columns} from "${table}" where rowid = ?`;
    for (const row of untilDamage(database, query, [id])) yield* once(row, seen);
  }
}

function* once(row: Row, seen: Set<unknown>): Generator<Row> {
  seen.add(row['row id']);
  yield row;
}

/** Row ids that an index of the table still names. */
function rowIds(database: LibsqlDatabase, table: string): readonly unknown[] {
  const found = new Set<unknown>();
  const indexes = [...untilDamage(database, "select name from sqlite_master where type = 'index' and tbl_name = ?", [table])];
  for (const { name } of indexes)
    for (const row of untilDamage(database, `select rowid as "row id" from "${table}" indexed by "${String(name)}"`))
      found.add(row['row id']);
  return [...found];
}

function* untilDamage(database: LibsqlDatabase, query: string, parameters: readonly unknown[] = []): Generator<Row> {
  let rows: Iterator<unknown>;
  try {
    rows = database.prepare(query).iterate(parameters) as Iterator<unknown>;
    for (let next = rows.next(); !next.done; next = rows.next()) yield next.value as Row;
  } catch {
    // What follows cannot be read this way: the other ways may.
  }
}
