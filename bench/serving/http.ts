import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Benchmark } from '../benchmark.js';
import type { LoadResult } from './load-generator.js';
import { startTiny } from './tiny-server.js';

const BODY = JSON.stringify({ rows: [{ entity: 'e1', at: 988_675_200_000, x: 0.5, y: -0.25 }] });
const CONNECTIONS = 32;
const SPAN = 3000;
const WARM_UP = 1000;
/** A server answers after its writes until it has seen for five seconds that they are in time. */
const CALM = 6000;

/** Load from a thread of its own on 127.0.0.1: half of what a small machine has goes to the generator. */
function load(url: string, span: number): Promise<LoadResult> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), {
    workerData: { url, body: BODY, connections: CONNECTIONS, span },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** One-row predictions over HTTP, logging included. */
async function served(): Promise<LoadResult> {
  const { server, url } = await startTiny();
  try {
    await load(`${url}/v1/models/tiny/predict`, CALM);
    const result = await load(`${url}/v1/models/tiny/predict`, SPAN);
    if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests failed`);
    return result;
  } finally {
    await server.close();
  }
}

/** The ceiling: node:http that reads the same body and answers a fixed text. */
async function bare(): Promise<LoadResult> {
  const answer = JSON.stringify({
    model: 'tiny',
    version: 'v1',
    predictions: [{ prediction: 'yes', probability: 0.5, id: '0' }],
  });
  const server = createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await load(url, WARM_UP);
  const result = await load(url, SPAN);
  server.closeAllConnections();
  server.close();
  return result;
}

export const benchmarks: readonly Benchmark[] = [
  {
    group: 'serving',
    name: 'HTTP predictions, one row a request (peer: node:http answering a fixed text)',
    async run() {
      const [ours, ceiling] = [await served(), await bare()];
      return { value: ours.perSecond, unit: 'requests/s', peer: 'node:http', peerValue: ceiling.perSecond };
    },
  },
  {
    group: 'serving',
    name: 'p99 of HTTP predictions under full load',
    async run() {
      return { value: (await served()).p99, unit: 'ms', must: { of: 'value', atMost: 20 } };
    },
  },
];
