import { basename } from 'node:path';
import { fail } from '../base/error.js';
import type { SourceFormat } from '../define/plan.js';
import { decoderOf, markedEncoding, startsAsUtf8 } from './encoding.js';

const BY_EXTENSION: Readonly<Record<string, SourceFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  txt: 'csv',
  data: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  duckdb: 'duckdb',
  ddb: 'duckdb',
};

const TEXTS: ReadonlySet<SourceFormat> = new Set(['csv', 'json', 'jsonl']);

/** Formats that are recognised and not read, with what to do instead. */
const OTHER: readonly (readonly [name: string, test: (head: Uint8Array) => boolean])[] = [
  ['an Excel workbook or another zip archive', (head) => startsWith(head, 'PK\u0003\u0004')],
  ['an old Excel workbook', (head) => head[0] === 0xd0 && head[1] === 0xcf && head[2] === 0x11 && head[3] === 0xe0],
  ['an SQLite database', (head) => startsWith(head, 'SQLite format 3')],
  ['an Avro file', (head) => startsWith(head, 'Obj\u0001')],
  ['an ORC file', (head) => startsWith(head, 'ORC')],
  ['a PDF', (head) => startsWith(head, '%PDF')],
  ['zstd-compressed', (head) => head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd],
  ['bzip2-compressed', (head) => startsWith(head, 'BZh')],
];

/**
 * The format of a file: by its content where that is unmistakable, otherwise by its extension, otherwise by what its text looks like.
 * @param head its first bytes after gunzip
 * @throws MW_INGEST_FORMAT_UNKNOWN
 */
export function detectFormat(path: string, head: Uint8Array): SourceFormat {
  if (startsWith(head, 'PAR1')) return 'parquet';
  if (startsWith(head, 'ARROW1')) return 'arrow';
  if (head.length >= 12 && startsWith(head.subarray(8), 'DUCK')) return 'duckdb';
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/.exec(basename(path).toLowerCase())?.[1] ?? '';
  const named = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  for (const [name, test] of OTHER)
    if (test(head))
      fail('MW_INGEST_FORMAT_UNKNOWN', { what: `'${path}' is ${name}, which is not read.`, where: { file: path } });
  if (startsWith(head, '\u00ff\u00ff\u00ff\u00ff') && named !== 'csv') return 'arrow';
  const encoding = markedEncoding(head) ?? (startsAsUtf8(head) ? 'utf-8' : 'latin-1');
  const text = decoderOf(encoding, head).decode(head);
  const looks = looksLikeJson(text);
  if (named === undefined) {
    if (!looks && !isPrintable(text.slice(0, 1000)))
      fail('MW_INGEST_FORMAT_UNKNOWN', { what: `'${path}' is a binary file of no known format.`, where: { file: path } });
    return looks ?? 'csv';
  }
  if (TEXTS.has(named) && encoding === 'latin-1' && !isPrintable(text.slice(0, 1000)))
    fail('MW_INGEST_FILE_DAMAGED', { what: `'${path}' is not the text that its name says.`, where: { file: path } });
  return named === 'json' || named === 'jsonl' ? (looks ?? named) : named;
}

/** A few odd characters are a matter of rows, not of the format. */
function isPrintable(text: string): boolean {
  let odd = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c < 32 && c !== 9 && c !== 10 && c !== 13) || c === 0xfffd) odd++;
  }
  return odd <= text.length * 0.05;
}

/** An array is one document; an object that ends on its first line is a line of many. */
function looksLikeJson(text: string): 'json' | 'jsonl' | null {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('[')) return 'json';
  if (!start.startsWith('{')) return null;
  const line = (start.split('\n', 1)[0] as string).trim();
  try {
    JSON.parse(line);
    return 'jsonl';
  } catch {
    return line.length > 2 && line.endsWith('}') ? 'jsonl' : null;
  }
}

function startsWith(head: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (head[i] !== text.charCodeAt(i)) return false;
  return head.length >= text.length;
}
