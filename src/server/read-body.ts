import { isUtf8 } from 'node:buffer';
import { fail, MillwrightError } from '../base/error.js';
import { type BodyLimits, BodyScan } from './body-scan.js';
import type { Visit, Visits } from './visits.js';

/** @throws MW_SERVE_BODY_TYPE unless the body is declared to be plain JSON */
export function requireJson(contentType: string | undefined, contentEncoding: string | undefined): void {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    fail('MW_SERVE_BODY_TYPE', {
      what: type ? `The body is declared as '${type.slice(0, SHOWN)}'.` : 'The body has no content type.',
    });
  if (contentEncoding !== undefined && contentEncoding !== 'identity')
    fail('MW_SERVE_BODY_TYPE', {
      what: `The body is encoded as '${contentEncoding.slice(0, SHOWN)}', which this server does not decode.`,
      fix: 'Send the body without a content encoding.',
    });
}
const SHOWN = 60;

const tooLarge = (limit: number): MillwrightError =>
  new MillwrightError('MW_SERVE_BODY_TOO_LARGE', {
    what: `The body is larger than the limit of ${limit} bytes.`,
    where: { limit },
  });

const busy = (limit: number): MillwrightError =>
  new MillwrightError('MW_SERVE_BUSY', {
    what: `The bodies of the requests under way are larger than ${limit} bytes together.`,
    where: { limit },
  });

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

/**
 * Collects the body of a visit within its limits and those of all visits together. `done` is called once, with bytes or an error, and
 * never after the client left.
 */
export function readBody(
  visit: Visit,
  visits: Visits,
  limits: BodyLimits & { readonly together: number },
  done: (bytes: Buffer | null, error: unknown) => void,
): void {
  const { request } = visit;
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.bytes) {
    done(null, tooLarge(limits.bytes));
    return;
  }
  const scan = new BodyScan(limits);
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let size = 0;
  let ended = false;
  const refuse = (error: unknown) => {
    ended = true;
    first = null;
    chunks = null;
    done(null, error);
  };
  request.on('data', (chunk: Buffer) => {
    if (ended) return;
    size += chunk.length;
    if (size > limits.bytes) return refuse(tooLarge(limits.bytes));
    if (visits.bytes + chunk.length > limits.together) return refuse(busy(limits.together));
    visits.hold(visit, chunk.length);
    try {
      scan.add(chunk);
    } catch (thrown) {
      return refuse(thrown);
    }
    if (first === null) first = chunk;
    else if (chunks === null) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (ended) return;
    ended = true;
    visits.arrive(visit);
    done(chunks ? Buffer.concat(chunks) : (first ?? EMPTY), null);
  });
  request.on('error', () => {
    ended = true;
  });
}

const EMPTY = Buffer.alloc(0);
