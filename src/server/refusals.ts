import type { IncomingMessage } from 'node:http';
import { MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import { errorAnswer, JSON_HEADERS } from './error-answer.js';
import { WrongMethod } from './unknown-route.js';
import type { Visit, Visits } from './visits.js';

/**
 * Answers requests with errors. The answer to a request that is still being sent goes out at once, and what still comes is read and thrown
 * away for a while: a connection that is cut while its client writes is reset, and the client never sees why.
 */
export class Refusals {
  readonly #visits: Visits;
  readonly #log: Log;
  readonly #bodyLimit: number;

  constructor(visits: Visits, log: Log, bodyLimit: number) {
    this.#visits = visits;
    this.#log = log;
    this.#bodyLimit = bodyLimit;
  }

  /** @param close that no further request of the connection is taken */
  refuse(visit: Visit, thrown: unknown, close = false): number {
    const { request, response } = visit;
    const { status, body } = errorAnswer(thrown, this.#log);
    if (response.headersSent) {
      request.socket.destroy();
      return status;
    }
    const json = JSON.stringify(body);
    const unread = !request.complete && hasBody(request);
    // The connection goes on when what is left of the request is known to be little: who sent others behind it gets their answers.
    const last = close || (unread && !(declared(request) <= this.#bodyLimit && isCounted(request)));
    response.writeHead(status, {
      ...JSON_HEADERS,
      'content-length': Buffer.byteLength(json),
      ...(thrown instanceof WrongMethod ? { allow: thrown.allow } : {}),
      ...(last ? { connection: 'close' } : {}),
    });
    if (unread && !close) {
      response.write(json);
      this.#lingerOn(visit);
    } else response.end(json);
    return status;
  }

  /** Reads and throws away the rest of a request that has its answer. */
  #lingerOn(visit: Visit): void {
    const { request, response } = visit;
    this.#visits.linger(visit);
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > this.#bodyLimit) request.socket.destroy();
    });
    request.once('end', () => response.end());
    request.once('error', () => request.socket.destroy());
    request.resume();
  }
}

const declared = ({ headers }: IncomingMessage): number => Number(headers['content-length'] ?? 0);
const isCounted = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] === undefined;
const hasBody = (request: IncomingMessage): boolean => declared(request) > 0 || !isCounted(request);

/** What node or the framework refused, in our codes; anything else as it is. */
export function ownError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof MillwrightError) return thrown;
  const { code, statusCode, validation } = thrown as Error & { code?: string; statusCode?: number; validation?: unknown };
  if (validation !== undefined) return new MillwrightError('MW_SERVE_BODY_SHAPE', { what: sentence(thrown.message) });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_CONTENT_TYPE')
    return new MillwrightError('MW_SERVE_BODY_TYPE', { what: 'The body is not declared to be JSON.' });
  if (code !== undefined && CUT_SHORT.has(code))
    return new MillwrightError('MW_SERVE_BODY_MALFORMED', { what: 'The body is empty or cut short.' });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new MillwrightError('MW_SERVE_REQUEST_INVALID', { what: sentence(thrown.message) });
  return thrown;
}

const CUT_SHORT: ReadonlySet<string> = new Set([
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const SHOWN = 300;
const sentence = (text: string) => {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  return `${shown.charAt(0).toUpperCase()}${shown.slice(1)}${shown.endsWith('.') ? '' : '.'}`;
};
