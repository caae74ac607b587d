import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import { decoderOf, type Encoding, markedEncoding, wholeCharacters } from './encoding.js';
import { guessEncoding } from './guess-encoding.js';

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
  /** Size when it is unpacked and decoded. */
  readonly plainBytes: number;
  /** Encoding of the text; null for a binary file. */
  readonly encoding: Encoding | null;
  /** Whether the encoding is neither declared, nor marked, nor UTF-8 throughout. */
  readonly guessed: boolean;
  /** Whether all of the text is valid in its encoding. */
  readonly valid: boolean;
  /** The first plain bytes, up to 1 MiB. */
  readonly head: Uint8Array;
  /** Whether there are more. */
  readonly headCut: boolean;
}

export interface TextLimits {
  /** The declared encoding; null to find it. */
  readonly encoding: Encoding | null;
  readonly maxLineBytes: number;
}

/** How far a packed file may unpack. */
export interface UnpackLimits {
  readonly maxUnpackedBytes: number;
  readonly maxUnpackRatio: number;
}

const HEAD = 1024 * 1024;
/** Unpacked bytes from which the ratio counts. */
const RATIO_FROM = 64 * 1024 * 1024;
/** Bytes of lines that are no plain ASCII from which an encoding is guessed. */
const GUESS_BYTES = 256 * 1024;
const LONGEST_GUESSED = 4096;

/** The first bytes of a file after gunzip: what its format is told by. @throws MW_INGEST_GZIP_DAMAGED, MW_INGEST_PACKED_TWICE */
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
 * @throws MW_INGEST_GZIP_DAMAGED, MW_INGEST_PACKED_TWICE, MW_INGEST_UNPACKED_TOO_LARGE, MW_INGEST_SCRATCH_FULL,
 *   MW_INGEST_LINE_TOO_LONG, MW_INGEST_FILE_EMPTY
 */
export async function prepareFile(
  path: string,
  scratch: string,
  text: TextLimits | null,
  limits: UnpackLimits,
): Promise<PreparedFile> {
  const packed = await isGzip(path);
  if (!text) return readThrough(path, scratch, packed, null, null, limits);
  const known = text.encoding ?? markedEncoding(await firstBytes(path, 64 * 1024));
  const read = await readThrough(path, scratch, packed, known ?? 'utf-8', text, limits);
  if (known !== null || read.valid) return read;
  const encoding = await guessEncoding(await oddLines(path, packed));
  if (encoding === 'utf-8') return { ...read, guessed: true };
  return { ...(await readThrough(path, scratch, packed, encoding, text, limits)), guessed: true };
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && isGzipHead(buffer);
  } finally {
    await file.close();
  }
}

const isGzipHead = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

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
    yield* unpacked(path, plain);
  } finally {
    raw.destroy();
  }
}

async function* unpacked(path: string, plain: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const chunks = plain[Symbol.asyncIterator]();
  for (let first = true; ; first = false) {
    const { value, done } = await chunks.next().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      return fail('MW_INGEST_GZIP_DAMAGED', {
        what: `'${path}' cannot be unpacked: ${reason}.`,
        where: { file: path },
        cause: error,
      });
    });
    if (done) return;
    if (first && isGzipHead(value as Buffer))
      fail('MW_INGEST_PACKED_TWICE', { what: `'${path}' holds a gzipped file.`, where: { file: path } });
    yield value as Buffer;
  }
}

/** Lines that have bytes beyond ASCII, from all over the file until there are enough. */
async function oddLines(path: string, packed: boolean): Promise<Uint8Array[]> {
  const lines: Uint8Array[] = [];
  let left: Buffer = Buffer.alloc(0);
  let bytes = 0;
  const take = (line: Uint8Array) => {
    if (bytes >= GUESS_BYTES || !line.some((byte) => byte >= 0x80)) return;
    lines.push(line.subarray(0, LONGEST_GUESSED));
    bytes += Math.min(line.length, LONGEST_GUESSED);
  };
  for await (const chunk of plainChunks(path, packed, () => {})) {
    const buffer: Buffer = Buffer.concat([left, chunk]);
    let from = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, from)) {
      take(buffer.subarray(from, end));
      from = end + 1;
    }
    if (bytes >= GUESS_BYTES) return lines;
    left = buffer.subarray(from);
  }
  take(left);
  return lines;
}

let copies = 0;

async function readThrough(
  path: string,
  scratch: string,
  packed: boolean,
  encoding: Encoding | null,
  text: TextLimits | null,
  limits: UnpackLimits,
): Promise<PreparedFile> {
  const digest = createHash('sha256');
  let bytes = 0;
  const decoded = encoding !== null && encoding !== 'utf-8';
  const copied = packed || decoded;
  const readable = copied ? join(scratch, `plain-${copies++}`) : path;
  const copy = copied ? new Copy(path, createWriteStream(readable)) : null;
  const lines = text ? new LineLengths(path, text.maxLineBytes) : null;
  let decoder: TextDecoder | null = null;
  let head: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let tail: Uint8Array = new Uint8Array(0);
  let valid = true;
  let plainBytes = 0;
  let unpackedBytes = 0;
  const take = async (plain: Buffer<ArrayBufferLike>) => {
    plainBytes += plain.length;
    if (head.length < HEAD) head = Buffer.concat([head, plain.subarray(0, HEAD - head.length)]);
    lines?.add(plain);
    await copy?.write(plain);
  };
  try {
    for await (const chunk of plainChunks(path, packed, (raw) => {
      digest.update(raw);
      bytes += raw.length;
    })) {
      unpackedBytes += chunk.length;
      if (packed) checkUnpacked(path, unpackedBytes, bytes, limits);
      if (decoded) {
        decoder ??= decoderOf(encoding, chunk);
        await take(Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8'));
        continue;
      }
      if (encoding === 'utf-8' && valid) {
        const joined = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
        const whole = wholeCharacters(joined);
        valid = isUtf8(whole);
        tail = joined.subarray(whole.length);
      }
      await take(chunk);
    }
    if (decoder) await take(Buffer.from(decoder.decode(), 'utf8'));
  } finally {
    await copy?.end();
  }
  if (plainBytes === 0) fail('MW_INGEST_FILE_EMPTY', { what: `'${path}' unpacks to nothing.`, where: { file: path } });
  return {
    path,
    readable,
    hash: `sha256:${digest.digest('hex')}`,
    bytes,
    plainBytes,
    encoding,
    guessed: false,
    valid: valid && tail.length === 0,
    head,
    headCut: plainBytes > head.length,
  };
}

function checkUnpacked(path: string, unpackedBytes: number, bytes: number, limits: UnpackLimits): void {
  const tooMuch = unpackedBytes > limits.maxUnpackedBytes;
  if (!tooMuch && !(unpackedBytes > RATIO_FROM && unpackedBytes > bytes * limits.maxUnpackRatio)) return;
  fail('MW_INGEST_UNPACKED_TOO_LARGE', {
    what: tooMuch
      ? `'${path}' unpacks to more than ${limits.maxUnpackedBytes} bytes.`
      : `'${path}' unpacks to more than ${limits.maxUnpackRatio} times its size.`,
    where: { file: path },
  });
}

/** A copy in the scratch folder. */
class Copy {
  readonly #path: string;
  readonly #stream: WriteStream;
  #problem: NodeJS.ErrnoException | null = null;

  constructor(path: string, stream: WriteStream) {
    this.#path = path;
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#problem = error;
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#check();
    if (this.#stream.write(bytes)) return;
    await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]).catch(() => undefined);
    this.#check();
  }

  async end(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream).catch((error: NodeJS.ErrnoException) => {
      this.#problem ??= error;
    });
    this.#check();
  }

  #check(): void {
    const error = this.#problem;
    if (error)
      fail('MW_INGEST_SCRATCH_FULL', {
        what: `The unpacked copy of '${this.#path}' cannot be written: ${error.message}.`,
        where: { file: this.#path, folder: String(this.#stream.path) },
        cause: error,
      });
  }
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
      const to = end < 0 ? chunk.length : end;
      this.#length += to - from;
      if (this.#length > this.#limit) {
        // Lines may end in CR alone.
        const other = chunk.lastIndexOf(13, to - 1);
        this.#length = other >= from ? to - other - 1 : this.#length;
      }
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
