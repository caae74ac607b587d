import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { fail, MillwrightError } from '../base/error.js';

/** @throws MW_SERVE_BODY_TYPE unless the body is declared to be plain JSON */
export function requireJson(contentType: string | undefined, contentEncoding: string | undefined): void {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    fail('MW_SERVE_BODY_TYPE', { what: type ? `The body is declared as '${type}'.` : 'The body has no content type.' });
  if (contentEncoding !== undefined && contentEncoding !== 'identity')
    fail('MW_SERVE_BODY_TYPE', {
      what: `The body is encoded as '${contentEncoding}', which this server does not decode.`,
      fix: 'Send the body without a content encoding.',
    });
}

export function tooLarge(limit: number): MillwrightError {
  return new MillwrightError('MW_SERVE_BODY_TOO_LARGE', {
    what: `The body is larger than the limit of ${limit} bytes.`,
    where: { limit },
  });
}

/** @throws MW_SERVE_BODY_MALFORMED */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) fail('MW_SERVE_BODY_MALFORMED', { what: 'The body is not UTF-8.' });
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (thrown) {
    const reason = bytes.length === 0 ? 'it is empty' : thrown instanceof Error ? thrown.message : String(thrown);
    fail('MW_SERVE_BODY_MALFORMED', { what: `The body is not JSON: ${reason}.` });
  }
}

/** Collects a body of at most `limit` bytes; `done` is called once, with bytes or an error, and never after the client left. */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (bytes: Buffer | null, error: MillwrightError | null) => void,
): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) {
    done(null, tooLarge(limit));
    return;
  }
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let size = 0;
  let ended = false;
  request.on('data', (chunk: Buffer) => {
    if (ended) return;
    size += chunk.length;
    if (size > limit) {
      ended = true;
      done(null, tooLarge(limit));
      return;
    }
    if (first === null) first = chunk;
    else if (chunks === null) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (ended) return;
    ended = true;
    done(chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0)), null);
  });
  request.on('error', () => {
    ended = true;
  });
}
