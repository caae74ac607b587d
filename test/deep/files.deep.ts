import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { deepRun } from './deep-run.js';

/** Files of every format with bytes changed, cut, spliced and doubled, and under other names: each is profiled or refused with a code. */
const folder = mkdtempSync(join(tmpdir(), 'millwright-deep-files-'));
const MOST_MS = 20_000;
const MOST_BYTES = 2 ** 30;
/** Files that one process reads, so that its memory is theirs. */
const LIFE = 400;

const ROWS = 120;
const lines = (line: (i: number) => string) => Array.from({ length: ROWS }, (_, i) => line(i)).join('\n');
const rows = Array.from({ length: ROWS }, (_, i) => ({
  id: i,
  when: `2024-01-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
  amount: i * 1.25,
  city: ['Bern', 'Ulm', 'Zürich'][i % 3] as string,
  ok: i % 2 === 0,
}));
const csv = `id,when,amount,city,ok,note\n${lines((i) => `${i},2024-01-0${1 + (i % 9)},${i * 1.5},${i % 3 ? 'Bern' : 'Zürich'},${i % 2 === 0},"a, ""note"" ${i}"`)}\n`;

const PLAIN: Record<string, Uint8Array> = {
  'a.csv': Buffer.from(csv),
  'b.csv': Buffer.from(`a;b;c\n${lines((i) => `${i},5;"x \\"y\\"";1.234,${10 + (i % 80)}`)}\n`),
  'c.tsv': Buffer.from(`Title\n\nx\ty\tz\n${lines((i) => `${i}\t$${i},000.00\t${i % 7 ? i : 'NA'}`)}\n`),
  'd.csv': Buffer.from(`\uFEFF${csv}`, 'utf16le'),
  'e.csv': Buffer.from(csv, 'latin1'),
  'f.csv.gz': gzipSync(csv),
  'g.jsonl': Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  'h.json': Buffer.from(JSON.stringify(rows)),
};

/** Makes the formats that need a database or a writer, then the process that reads; both from the build. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const READER = `
  import { readSource } from '${root}dist/src/ingest/read-source.js';
  import { profileFile } from '${root}dist/src/run/profile-file.js';
  import { createInterface } from 'node:readline';
  for await (const path of createInterface({ input: process.stdin })) {
    const started = performance.now();
    let code = 'ok';
    try {
      if (path.endsWith('.duckdb')) {
        const from = { kind: 'connector', format: 'duckdb', path, options: { query: 'SELECT * FROM t' } };
        await readSource({ from, contract: null }, { baseDir: '.' });
      } else JSON.stringify(await profileFile(path, null));
    } catch (error) {
      code = error?.code ?? 'MW_INTERNAL ' + error?.stack;
    }
    console.log(JSON.stringify({ code, ms: performance.now() - started, rss: process.memoryUsage.rss() }));
  }`;

interface Answer {
  readonly code: string;
  readonly ms: number;
  readonly rss: number;
}

/** A process that reads one file after another. */
class FileReader {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  left = LIFE;

  constructor() {
    this.#child = spawn(process.execPath, ['--max-old-space-size=900', '--input-type=module', '-e', READER], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    this.#child.stderr?.on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => resolve(`the process ended (${code ?? signal}): ${said}`));
    });
    this.#answers = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** What became of a file; a text when the process ended or gave no answer in time. */
  async read(path: string): Promise<Answer | string> {
    this.left--;
    this.#child.stdin?.write(`${path}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('no answer in time'), 3 * MOST_MS);
    });
    const answer = async (): Promise<Answer | string> => {
      const { value, done } = await this.#answers.next();
      return done ? this.#ended : (JSON.parse(String(value)) as Answer);
    };
    const first = await Promise.race([answer(), late]);
    clearTimeout(timer);
    return first;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

let reader: FileReader | null = null;
afterAll(() => {
  reader?.end();
  rmSync(folder, { recursive: true, force: true });
});

beforeAll(async () => {
  const columns = {
    id: rows.map(({ id }) => id),
    city: rows.map(({ city }) => city),
    amount: rows.map(({ amount }) => amount),
    ok: rows.map(({ ok }) => ok),
    list: rows.map(({ id }) => [id, id + 1]),
  };
  PLAIN['i.arrow'] = tableToIPC(tableFromArrays(columns), { format: 'file' }) as Uint8Array;
  PLAIN['j.arrows'] = tableToIPC(tableFromArrays(columns), { format: 'stream' }) as Uint8Array;
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const database = join(folder, 'k.duckdb');
  const parquet = join(folder, 'l.parquet');
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(
    "CREATE TABLE t AS SELECT i AS id, i * 1.25 AS amount, 'city ' || (i % 5) AS city, i % 2 = 0 AS ok, [i, i + 1] AS list, DATE '2024-01-01' + i::INTEGER AS day FROM range(500) r(i)",
  );
  await connection.run(`COPY t TO '${parquet}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  PLAIN['k.duckdb'] = readFileSync(database);
  PLAIN['l.parquet'] = readFileSync(parquet);
});

const pick = <T>(source: Random, from: readonly T[]): T => from[source.below(from.length)] as T;

/** One change of the bytes of a file. */
const CHANGES: readonly ((bytes: Uint8Array, other: Uint8Array, source: Random) => Uint8Array)[] = [
  (bytes, _, source) => {
    const out = Uint8Array.from(bytes);
    for (let i = 1 + source.below(8); i > 0; i--) out[source.below(out.length)] = source.below(256);
    return out;
  },
  (bytes, _, source) => bytes.slice(0, source.below(bytes.length)),
  (bytes, _, source) => {
    const from = source.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + source.below(64))]);
  },
  (bytes, other, source) => {
    const at = source.below(bytes.length);
    const from = source.below(other.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + source.below(2000)), bytes.subarray(at)]);
  },
  (bytes, _, source) => {
    const from = source.below(bytes.length);
    const part = bytes.subarray(from, from + 1 + source.below(4000));
    return Buffer.concat([
      bytes.subarray(0, from),
      ...Array.from({ length: 1 + source.below(20) }, () => part),
      bytes.subarray(from),
    ]);
  },
  (bytes, _, source) => {
    const out = Buffer.from(bytes);
    if (out.length >= 8)
      out.writeInt32LE(pick(source, [-1, 0, 1, 2 ** 31 - 1, -(2 ** 31), 65_536, 2 ** 24]), source.below(out.length - 4));
    return out;
  },
];

test('changed files of every format are read or refused with a code, in bounded time and memory', async () => {
  const codes = new Map<string, number>();
  let slowest = 0;
  let largest = 0;
  const ran = await deepRun({ name: 'changed files', full: 20_000 }, async (source, index) => {
    const names = Object.keys(PLAIN);
    const name = pick(source, names);
    let bytes = PLAIN[name] as Uint8Array;
    for (let i = 1 + source.below(3); i > 0 && bytes.length > 0; i--)
      bytes = pick(source, CHANGES)(bytes, PLAIN[pick(source, names)] as Uint8Array, source);
    const ending = (source.below(8) === 0 ? pick(source, names) : name).slice(1);
    const path = join(folder, `case${index}${ending}`);
    writeFileSync(path, bytes);
    if (!reader || reader.left === 0) {
      reader?.end();
      reader = new FileReader();
    }
    const answer = await reader.read(path);
    if (typeof answer === 'string') {
      reader.end();
      reader = null;
      throw new Error(
        `${ending}, ${bytes.length} bytes: ${answer}\n${Buffer.from(gzipSync(bytes)).toString('base64').slice(0, 20_000)}`,
      );
    }
    expect(answer.code, ending).toMatch(/^(?:ok|MW_(?!INTERNAL)[A-Z_]+)$/);
    expect(answer.ms, ending).toBeLessThan(MOST_MS);
    expect(answer.rss, ending).toBeLessThan(MOST_BYTES);
    slowest = Math.max(slowest, answer.ms);
    largest = Math.max(largest, answer.rss);
    codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1);
    rmSync(path, { force: true });
    rmSync(`${path}.wal`, { force: true });
  });
  const counts = [...codes].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
  console.log(
    `changed files: ${ran}, slowest ${Math.round(slowest)} ms, largest ${Math.round(largest / 2 ** 20)} MB; ${counts.join(', ')}`,
  );
});
