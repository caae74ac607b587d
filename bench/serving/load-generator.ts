import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds from sending a request to the end of its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with a status other than 200. */
  readonly failed: number;
}

/**
 * A closed-loop HTTP/1.1 load generator: each of `connections` kept-alive sockets sends the same POST again as soon as its answer is
 * complete, for `span` ms. It reads only what it must (status and content-length), so that most of a core stays with the server.
 */
export async function generateLoad(url: string, body: string, connections: number, span: number): Promise<LoadResult> {
  const { hostname, port, pathname } = new URL(url);
  const request = Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const latencies: number[] = [];
  let failed = 0;
  const start = performance.now();
  const end = start + span;
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket: Socket = connect(Number(port), hostname);
          let pending = '';
          let sent = 0;
          const send = () => {
            sent = performance.now();
            socket.write(request);
          };
          socket.setNoDelay(true);
          socket.setEncoding('latin1');
          socket.on('connect', send);
          socket.on('error', reject);
          socket.on('data', (chunk: string) => {
            pending = pending === '' ? chunk : pending + chunk;
            const head = pending.indexOf('\r\n\r\n');
            if (head < 0) return;
            const at = pending.indexOf('content-length: ');
            const length = Number(pending.slice(at + 16, pending.indexOf('\r\n', at)));
            if (pending.length < head + 4 + length) return;
            if (!pending.startsWith('HTTP/1.1 200')) failed++;
            pending = pending.slice(head + 4 + length);
            const now = performance.now();
            latencies.push(now - sent);
            if (now < end) send();
            else {
              socket.destroy();
              resolve();
            }
          });
        }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  return { requests: sorted.length, perSecond: sorted.length / seconds, p50: quantile(0.5), p99: quantile(0.99), failed };
}
