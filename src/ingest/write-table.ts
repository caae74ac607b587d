import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { fail } from '../base/error.js';
import { withDatabase } from '../engines/duckdb/database.js';
import { registerFrame } from '../engines/duckdb/from-frame.js';
import { identifier, textLiteral } from '../engines/duckdb/quote.js';
import { type Column, MISSING_BOOLEAN } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';

const FORMATS = ['csv', 'jsonl', 'parquet'] as const;

/**
 * Writes a frame as CSV, JSON lines or Parquet, by the ending of the path; missing values are empty (CSV) or null. The file is there whole or
 * not at all.
 * @throws MW_INGEST_WRITE_FORMAT, MW_INGEST_UNWRITABLE
 */
export async function writeTable(table: Frame, path: string): Promise<void> {
  const format = FORMATS.find((each) => path.toLowerCase().endsWith(`.${each}`));
  if (!format)
    fail('MW_INGEST_WRITE_FORMAT', {
      what: `'${path}' does not end in ${FORMATS.map((each) => `.${each}`).join(', ')}.`,
      where: { file: path },
    });
  if (format === 'parquet') refuseTwins(Object.keys(table.columns), path);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (format === 'parquet') await writeParquet(table, temporary);
    else await writeLines(temporary, format === 'csv' ? csvLines(table) : jsonLines(table));
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    fail('MW_INGEST_UNWRITABLE', {
      what: `'${path}' cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      where: { file: path },
      cause: thrown,
    });
  }
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  const ended = finished(stream);
  let block = '';
  const flush = async () => {
    const full = !stream.write(block);
    block = '';
    if (full) await Promise.race([once(stream, 'drain'), ended]);
  };
  for (const line of lines) {
    block += line;
    if (block.length > 65_536) await flush();
  }
  await flush();
  stream.end();
  await ended;
}

function* csvLines(table: Frame): Iterable<string> {
  const names = Object.keys(table.columns);
  yield `${names.map(csvText).join(',')}\n`;
  const cells = names.map((name) => cellText(table.columns[name] as Column, csvText, ''));
  for (let row = 0; row < table.rows; row++) yield `${cells.map((cell) => cell(row)).join(',')}\n`;
}

function* jsonLines(table: Frame): Iterable<string> {
  const names = Object.keys(table.columns);
  const cells = names.map((name) => {
    const cell = cellText(table.columns[name] as Column, JSON.stringify, 'null');
    const key = JSON.stringify(name);
    return (row: number) => `${key}:${cell(row)}`;
  });
  for (let row = 0; row < table.rows; row++) yield `{${cells.map((cell) => cell(row)).join(',')}}\n`;
}

const csvText = (text: string) => (/[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function cellText(column: Column, quote: (text: string) => string, missing: string): (row: number) => string {
  switch (column.kind) {
    case 'string': {
      const texts = column.dictionary.map(quote);
      return (row) => ((column.codes[row] as number) < 0 ? missing : (texts[column.codes[row] as number] as string));
    }
    case 'boolean':
      return (row) => (column.values[row] === MISSING_BOOLEAN ? missing : column.values[row] === 1 ? 'true' : 'false');
    case 'timestamp':
      return (row) => (Number.isFinite(column.values[row]) ? quote(momentText(column.values[row] as number)) : missing);
    case 'number':
      return (row) => (Number.isFinite(column.values[row]) ? String(column.values[row]) : missing);
  }
}

/** ISO 8601; a date alone where there is no time of day. */
function momentText(moment: number): string {
  const text = new Date(moment).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

/** The writer of Parquet would rename them without a word. */
function refuseTwins(names: readonly string[], path: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      fail('MW_INGEST_UNWRITABLE', {
        what: `Columns '${other}' and '${name}' differ only in case, which cannot be written as Parquet.`,
        where: { file: path },
        fix: 'Write a .csv or .jsonl file.',
      });
    seen.set(name.toLowerCase(), name);
  }
}

async function writeParquet(table: Frame, path: string): Promise<void> {
  const names = Object.keys(table.columns);
  const placed = frame(Object.fromEntries(names.map((name, i) => [`c${i}`, table.columns[name] as Column])), table.rows);
  await withDatabase(async (connection) => {
    await registerFrame(connection, 'scored', placed);
    await connection.run(
      `COPY (SELECT ${names.map((name, i) => `c${i} AS ${identifier(name)}`).join(', ')} FROM scored ORDER BY row_id) TO ${textLiteral(path)} (FORMAT parquet)`,
    );
  });
}
