import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, random } from '../../src/base/random.js';
import { millwright, seen, startCli, workFolder } from '../e2e/cli.js';
import { deepRun } from './deep-run.js';
import { hostileRequest, MODELS } from './fuzz/hostile-requests.js';
import { AnswerReader, type RawAnswer } from './fuzz/http-answers.js';

/** Requests of one case; 500,000 in a full run. */
const REQUESTS = 250;
const CASES = 2000;
/** Of them, those of clients that mean well. */
const GOOD = 50;
const SOCKETS = 5;
/** Bytes that the server may hold, whatever it was sent. */
const MOST_MEMORY = 700 * 2 ** 20;
/** Statuses that a server may answer to requests like these. */
const STATUSES: ReadonlySet<number> = new Set([100, 200, 304, 400, 403, 404, 405, 408, 409, 413, 415, 417, 421, 422, 431, 503]);

const folder = workFolder();
let server: ReturnType<typeof startCli>;
let port = 0;
let told = '';
let ended: number | string | null | undefined;

const ROWS = Array.from({ length: 400 }, (_, i) => ({ x: Math.sin(i) * 10, y: 'abcd'[i % 4] as string }));
const answersOf = new Map<number, unknown>();

const VISITS = `
import { col, csv, features, hours, labelFrom, logistic, requestFrom, source, system } from 'millwright';
const visits = source('visits', {
  from: csv('visits.csv'), key: 'id', time: 'at', availableAt: (r) => r.at.plus(hours(r.hours)),
  columns: {
    id: col.string().required(), at: col.timestamp().required(), shop: col.string().required(),
    distance: col.integer().required(), hours: col.integer().required(), late: col.boolean().required(),
  },
  expect: (is) => [is.between('distance', 1, 100, { onFail: 'quarantine' }), is.matches('shop', /^S\\d+$/, { onFail: 'quarantine' })],
});
const shop = features(visits, { by: 'shop', prefix: 'shop' }, (f) => ({ orders: f.count({ over: ['24h'] }), late: f.mean('late', { over: ['7d'] }) }));
const request = requestFrom(visits, ['id', 'at', 'shop', 'distance'], { time: 'at', features: ['distance'] });
import { combine } from 'millwright';
export default system('visits', {
  problem: { kind: 'binary' },
  features: combine([request, shop], () => ({})),
  label: labelFrom(visits, (r) => r.late),
  train: { split: { by: 'random', test: 0.2, validation: 0.2 }, candidates: [logistic()], search: { by: 'auc', trials: 1, seed: 1 } },
  serve: { maxRows: 200 },
});
`;

beforeAll(async () => {
  const source = random(5);
  const lines = ROWS.flatMap(({ x, y }) => [0, 1, 2].map(() => `${x},${y},${x + source.normal() * 5 > 0 ? 'yes' : 'no'}`));
  folder.file('customers.csv', `x,y,churned\n${lines.join('\n')}\n`);
  const visits = Array.from({ length: 2000 }, (_, i) => {
    const distance = 1 + source.below(30);
    const at = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString();
    return `v${i},${at},S${source.below(9)},${distance},2,${source.below(30) < distance}`;
  });
  folder.file('visits.csv', `id,at,shop,distance,hours,late\n${visits.join('\n')}\n`);
  folder.file('visits.system.ts', VISITS);
  const store = ['--store', 'store'];
  for (const args of [
    ['train', 'customers.csv', '--target', 'churned', '--trials', '1', ...store],
    ['run', 'visits.system.ts', ...store],
  ]) {
    const done = await millwright(args, folder.dir);
    if (done.code !== 0) throw new Error(done.stderr);
  }
  server = startCli(['serve', ...MODELS.flatMap((name) => ['--model', name]), '--port', '0', ...store], folder.dir);
  server.on('exit', (code, signal) => {
    ended = code ?? signal;
  });
  server.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
  const [, found] = await seen(server, /http:\/\/127\.0\.0\.1:(\d+)/, 60_000);
  port = Number(found);
  const headers = { 'content-type': 'application/json' };
  const url = `http://127.0.0.1:${port}/v1/models/customers/predict`;
  for (const [i, row] of ROWS.entries()) {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ rows: [row] }) });
    const { predictions } = (await response.json()) as { predictions: { probability: number }[] };
    answersOf.set(i, predictions[0]?.probability);
  }
}, 5 * 60_000);

afterAll(async () => {
  if (ended === undefined) {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
  }
  folder.remove();
});

test('no request ends the server, gets an answer without a code, or reaches the answer of another', async () => {
  let most = 0;
  const statuses = new Map<number, number>();
  const count = (answers: readonly RawAnswer[]) => {
    for (const answer of answers) {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      check(answer);
    }
  };
  await deepRun({ name: `http fuzz, ${REQUESTS} requests a case`, full: CASES }, async (source, index) => {
    const hostile = REQUESTS - GOOD;
    await Promise.all([
      ...Array.from({ length: SOCKETS }, (_, i) => abuse(source.fork(`hostile ${i}`), hostile / SOCKETS, count)),
      behave(source.fork('good'), GOOD),
    ]);
    if (ended !== undefined) throw new Error(`the server ended with ${ended}: ${told.slice(-2000)}`);
    if (told.includes('unexpectedly')) throw new Error(`the server's log has a trace: ${told.slice(-3000)}`);
    if (index % 20 === 0) most = Math.max(most, await memory());
  });
  most = Math.max(most, await memory());
  const shown = [...statuses].toSorted(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`);
  console.log(`most memory ${(most / 2 ** 20).toFixed(0)} MB; answers ${shown.join(', ')}`);
  expect(most).toBeLessThan(MOST_MEMORY);
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect(statuses.get(400)).toBeGreaterThan(0);
});

/** An answer to a hostile request: of a status that may be, and an error with a code, whose text tells nothing of the inside. */
function check({ status, headers, body }: RawAnswer): void {
  if (!STATUSES.has(status)) throw new Error(`status ${status}: ${body.slice(0, 500)}`);
  if (status < 400 || body === '') return;
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  const { error } = JSON.parse(body) as { error: { code: string; message: string; fix: string } };
  expect(error.code).toMatch(/^MW_[A-Z_]+$/);
  expect(error.code).not.toBe('MW_INTERNAL');
  expect(error.message).not.toMatch(/\.[jt]s:\d+/);
  expect(error.fix).not.toBe('');
}

/** Sends hostile requests over connections that end in every way. */
async function abuse(source: Random, requests: number, take: (answers: readonly RawAnswer[]) => void): Promise<void> {
  for (let sent = 0; sent < requests; ) {
    const together = Math.min(requests - sent, 1 + source.below(6));
    const text = Array.from({ length: together }, () => hostileRequest(source)).join('');
    await exchange(source, Buffer.from(text, 'latin1'), take);
    sent += together;
  }
}

function exchange(source: Random, bytes: Buffer, take: (answers: readonly RawAnswer[]) => void): Promise<void> {
  const way = source.below(4);
  const cut = source.below(bytes.length + 1);
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader();
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      try {
        take(reader.add(chunk));
      } catch (thrown) {
        reject(thrown as Error);
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('connect', () => {
      if (way === 0) socket.end(bytes);
      else if (way === 1) {
        socket.write(bytes.subarray(0, cut));
        setImmediate(() => socket.end(bytes.subarray(cut)));
      } else if (way === 2) {
        socket.write(bytes.subarray(0, cut), () => socket.resetAndDestroy());
      } else {
        // A client that waits for its answers, but not for ever.
        socket.write(bytes);
        const patience = setTimeout(() => socket.destroy(), 50);
        socket.once('close', () => clearTimeout(patience));
      }
    });
  });
}

/** Asks over one connection, several requests at a time, and holds every answer against its rows. */
async function behave(source: Random, requests: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  try {
    for (let sent = 0; sent < requests; ) {
      const together = Math.min(requests - sent, 1 + source.below(5));
      const asked = Array.from({ length: together }, () =>
        Array.from({ length: 1 + source.below(8) }, () => source.below(ROWS.length)),
      );
      const answers = await ask(socket, asked);
      for (const [i, { status, body }] of answers.entries()) {
        // A server whose log is late says so and takes the request later.
        if (status === 503 && body.includes('MW_SERVE_LOG_UNAVAILABLE')) continue;
        if (status !== 200) throw new Error(`a good request was answered ${status}: ${body.slice(0, 500)}`);
        const { predictions } = JSON.parse(body) as { predictions: { probability: number }[] };
        expect(predictions.map(({ probability }) => probability)).toEqual(asked[i]?.map((row) => answersOf.get(row)));
      }
      sent += together;
    }
  } finally {
    socket.destroy();
  }
}

function ask(socket: Socket, asked: readonly (readonly number[])[]): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader();
    const answers: RawAnswer[] = [];
    const data = (chunk: Buffer) => {
      answers.push(...reader.add(chunk.toString('latin1')));
      if (answers.length < asked.length) return;
      socket.off('data', data);
      socket.off('close', left);
      socket.off('error', reject);
      resolve(answers);
    };
    const left = () => reject(new Error(`the server left a good client after ${answers.length} of ${asked.length} answers`));
    socket.on('data', data);
    socket.once('close', left);
    socket.once('error', reject);
    for (const rows of asked) {
      const body = JSON.stringify({ rows: rows.map((row) => ROWS[row]) });
      socket.write(
        `POST /v1/models/customers/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }
  });
}

/** Resident memory of the server, bytes. */
async function memory(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(server.pid)]);
  return Number(stdout) * 1024;
}
