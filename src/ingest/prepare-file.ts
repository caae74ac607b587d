import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import { decoderOf, type Encoding, encodingOf, wholeCharacters } from './encoding.js';

/** A file made ready for the readers: plain bytes, and UTF-8 when it is text. */
export interface PreparedFile {
  /** The file as the source names it. */
  readonly path: string;
  /** Where its plain bytes are: the file itself, or a copy that was unpacked or decoded. */
  readonly readable: string;
  /** Content hash of the original bytes. */
  readonly hash: ContentHash;
  /** Size of the original. */
  readonly bytes: number;
  /** Encoding of the text; null for a binary file. */
  readonly encoding: Encoding | null;
  /** The first plain bytes, up to 1 MiB. */
  readonly head: Uint8Array;
}

export interface TextLimits {
  /** The declared encoding; null to find it. */
  readonly encoding: Encoding | null;
  readonly maxLineBytes: number;
}

const HEAD = 1024 * 1024;

/** The first bytes of a file after gunzip: what its format is told by. */
export async function firstBytes(path: string, count = 4096): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let have = 0;
  for await (const chunk of plainChunks(path, await isGzip(path), () => {})) {
    chunks.push(chunk);
    have += chunk.length;
    if (have >= count) break;
  }
  return Buffer.concat(chunks).subarray(0, count);
}

/**
 * Reads a file once: hashes it, unpacks it, finds or checks its encoding, and writes a plain UTF-8 copy into `scratch` where the
 * file itself is not one.
 * @param text limits of a text file; null for a binary format, whose bytes are only hashed and unpacked
 * @throws MW_INGEST_GZIP_DAMAGED, MW_INGEST_LINE_TOO_LONG, MW_INGEST_FILE_EMPTY
 */
export async function prepareFile(path: string, scratch: string, text: TextLimits | null): Promise<PreparedFile> {
  const packed = await isGzip(path);
  let encoding: Encoding | null = null;
  if (text) encoding = text.encoding ?? encodingOf(await firstBytes(path, 64 * 1024)) ?? 'utf-8';
  for (;;) {
    const read = await readThrough(path, scratch, packed, encoding, text);
    if (read !== 'not utf-8') return read;
    encoding = 'latin-1';
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function* plainChunks(path: string, packed: boolean, onRaw: (chunk: Uint8Array) => void): AsyncGenerator<Buffer> {
  const raw = createReadStream(path, { highWaterMark: HEAD });
  try {
    if (!packed) {
      for await (const chunk of raw) {
        onRaw(chunk as Buffer);
        yield chunk as Buffer;
      }
      return;
    }
    const tap = new Transform({
      transform(chunk: Buffer, _, done) {
        onRaw(chunk);
        done(null, chunk);
      },
    });
    const plain = createGunzip({ chunkSize: HEAD });
    raw.on('error', (error) => plain.destroy(error));
    raw.pipe(tap).pipe(plain);
    try {
      for await (const chunk of plain) yield chunk as Buffer;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      fail('MW_INGEST_GZIP_DAMAGED', { what: `'${path}' cannot be unpacked: ${reason}.`, where: { file: path }, cause: error });
    }
  } finally {
    raw.destroy();
  }
}

let copies = 0;

async function readThrough(
  path: string,
  scratch: string,
  packed: boolean,
  encoding: Encoding | null,
  text: TextLimits | null,
): Promise<PreparedFile | 'not utf-8'> {
  const digest = createHash('sha256');
  let bytes = 0;
  const copied = packed || (encoding !== null && encoding !== 'utf-8');
  const readable = copied ? join(scratch, `plain-${copies++}`) : path;
  const copy = copied ? createWriteStream(readable) : null;
  const lines = text ? new LineLengths(path, text.maxLineBytes) : null;
  const mayBeOther = text !== null && text.encoding === null && encoding === 'utf-8';
  let decoder: TextDecoder | null = null;
  let head: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let tail: Uint8Array = new Uint8Array(0);
  let valid = true;
  let plainBytes = 0;
  const take = async (plain: Buffer<ArrayBufferLike>) => {
    plainBytes += plain.length;
    if (head.length < HEAD) head = Buffer.concat([head, plain.subarray(0, HEAD - head.length)]);
    lines?.add(plain);
    if (copy && !copy.write(plain)) await once(copy, 'drain');
  };
  for await (const chunk of plainChunks(path, packed, (raw) => {
    digest.update(raw);
    bytes += raw.length;
  })) {
    if (encoding !== null && encoding !== 'utf-8') {
      decoder ??= decoderOf(encoding, chunk);
      await take(Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8'));
      continue;
    }
    if (mayBeOther && valid) {
      const joined = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
      const whole = wholeCharacters(joined);
      valid = isUtf8(whole);
      tail = joined.subarray(whole.length);
      if (!valid) break;
    }
    await take(chunk);
  }
  if (decoder) await take(Buffer.from(decoder.decode(), 'utf8'));
  if (copy) {
    copy.end();
    await finished(copy);
  }
  if (!valid || tail.length > 0) return 'not utf-8';
  if (plainBytes === 0) fail('MW_INGEST_FILE_EMPTY', { what: `'${path}' unpacks to nothing.`, where: { file: path } });
  return { path, readable, hash: `sha256:${digest.digest('hex')}`, bytes, encoding, head };
}

/** Fails at the first line that is longer than the limit. */
class LineLengths {
  readonly #path: string;
  readonly #limit: number;
  #line = 1;
  #length = 0;

  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
  }

  add(chunk: Buffer<ArrayBufferLike>): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(10, from);
      this.#length += (end < 0 ? chunk.length : end) - from;
      if (this.#length > this.#limit)
        fail('MW_INGEST_LINE_TOO_LONG', {
          what: `Line ${this.#line} is longer than ${this.#limit} bytes.`,
          where: { file: this.#path, line: this.#line },
        });
      if (end < 0) return;
      this.#line++;
      this.#length = 0;
      from = end + 1;
    }
  }
}
