import { fail } from '../base/error.js';
import type { AnyTask, Task } from './estimator.js';

/**
 * The binary form of models: a magic word, the estimator's name, a format version, the task and shape, the body, and a checksum
 * (CRC-32) of everything before it. Little-endian. The same model gives the same bytes.
 */
const MAGIC = 0x314d574d;
const SUPERVISED: readonly Task[] = ['binary', 'multiclass', 'regression'];
/** A task is written as its place in this list. */
const TASKS: readonly AnyTask[] = [...SUPERVISED, 'clustering'];

/** What every serialised model begins with. */
export interface ModelHeader<T extends AnyTask = Task> {
  readonly estimator: string;
  readonly version: number;
  readonly task: T;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
}

/** An estimator and the version of its format. */
export interface ModelFormat {
  readonly estimator: string;
  readonly version: number;
  /** The oldest version that can still be read; `version` when absent. */
  readonly oldest?: number;
}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** A whole number below 2^32 in 1 to 5 bytes: 7 bits each, the lowest first. */
  varint(value: number): this {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.u8((rest % 128) + 128);
    return this.u8(rest);
  }

  f64(value: number): this {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
    return this;
  }

  text(value: string): this {
    const encoded = new TextEncoder().encode(value);
    this.u32(encoded.length);
    // The room first: making it may replace the buffer.
    const at = this.#room(encoded.length);
    this.#bytes.set(encoded, at);
    return this;
  }

  u8s(values: Uint8Array): this {
    this.u32(values.length);
    const at = this.#room(values.length);
    this.#bytes.set(values, at);
    return this;
  }

  u32s(values: Uint32Array | Int32Array): this {
    this.u32(values.length);
    for (const value of values) this.u32(value >>> 0);
    return this;
  }

  f64s(values: Float64Array): this {
    this.u32(values.length);
    for (const value of values) this.f64(value);
    return this;
  }

  f32s(values: Float32Array): this {
    this.u32(values.length);
    for (const value of values) {
      const at = this.#room(4);
      this.#view.setFloat32(at, value, true);
    }
    return this;
  }

  header(header: ModelHeader<AnyTask>): this {
    this.u32(MAGIC)
      .text(header.estimator)
      .u8(header.version)
      .u8(TASKS.indexOf(header.task))
      .u32(header.outputs)
      .u32(header.inputs);
    const entries = Object.entries(header.summary);
    this.u32(entries.length);
    for (const [name, value] of entries) this.text(name).f64(value);
    return this;
  }

  /** The bytes with their checksum. */
  finish(): Uint8Array {
    this.u32(crc32(this.#bytes.subarray(0, this.#length)));
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what ByteWriter wrote. Every length is checked against the bytes that are left before anything is allocated. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at = 0;

  /** @throws MW_MODEL_CORRUPT when the checksum does not fit */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length - 4;
    if (bytes.length < 8 || this.#view.getUint32(0, true) !== MAGIC) corrupt('They do not begin like a model');
    if (this.#view.getUint32(this.#end, true) !== crc32(bytes.subarray(0, this.#end))) corrupt('Their checksum does not fit');
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) corrupt('They end too early');
    this.#at += bytes;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.u8();
      value += (byte % 128) * factor;
      if (byte < 128) return value < 2 ** 32 ? value : corrupt('A number in them is too large');
    }
    return corrupt('A number in them is too large');
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A number that must be finite. */
  finite(): number {
    const value = this.f64();
    if (!Number.isFinite(value)) corrupt('A number in them is not finite');
    return value;
  }

  text(): string {
    const length = this.u32();
    const at = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  u8s(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  u32s(): Uint32Array {
    const length = this.u32();
    const at = this.#take(length * 4);
    const values = new Uint32Array(length);
    for (let i = 0; i < length; i++) values[i] = this.#view.getUint32(at + 4 * i, true);
    return values;
  }

  /** Finite numbers. */
  f64s(): Float64Array {
    const length = this.u32();
    const at = this.#take(length * 8);
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      values[i] = this.#view.getFloat64(at + 8 * i, true);
      if (!Number.isFinite(values[i])) corrupt('A number in them is not finite');
    }
    return values;
  }

  /** Finite numbers of single precision. */
  f32s(): Float32Array {
    const length = this.u32();
    const at = this.#take(length * 4);
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      values[i] = this.#view.getFloat32(at + 4 * i, true);
      if (!Number.isFinite(values[i])) corrupt('A number in them is not finite');
    }
    return values;
  }

  /** The header of a model with a target; with a name given, of that estimator's and version, or of one back to `oldest`. */
  header(expected?: ModelFormat): ModelHeader {
    return this.#header(SUPERVISED, expected);
  }

  /** The header of a model of clusters. */
  clusteringHeader(expected?: ModelFormat): ModelHeader<'clustering'> {
    return this.#header(['clustering'], expected);
  }

  #header<T extends AnyTask>(tasks: readonly T[], expected?: ModelFormat): ModelHeader<T> {
    this.u32();
    const estimator = this.text();
    const version = this.u8();
    if (expected && estimator !== expected.estimator)
      corrupt(`They hold a model of '${estimator.slice(0, 40)}', not '${expected.estimator}'`);
    if (expected && !(version >= (expected.oldest ?? expected.version) && version <= expected.version))
      fail('MW_MODEL_VERSION', {
        what: `The model is in format ${version} of '${estimator}'; this Millwright knows ${expected.version}.`,
      });
    const written = TASKS[this.u8()];
    const task = tasks.find((one) => one === written) ?? corrupt('They name no task, or one of another kind of model');
    const outputs = this.u32();
    const inputs = this.u32();
    const fits = task === 'multiclass' ? outputs >= 2 : task === 'clustering' ? outputs >= 1 : outputs === 1;
    if (!fits) corrupt('Their outputs do not fit the task');
    const summary: Record<string, number> = {};
    for (let left = this.u32(); left > 0; left--) {
      const name = this.text();
      Object.defineProperty(summary, name, { value: this.f64(), enumerable: true, configurable: true, writable: true });
    }
    return { estimator, version, task, outputs, inputs, summary };
  }

  /** The end must have been reached. */
  finish(): void {
    if (this.#at !== this.#end) corrupt('Something follows their end');
  }
}

/** @throws MW_MODEL_CORRUPT always */
export function corrupt(what: string): never {
  return fail('MW_MODEL_CORRUPT', {
    what: `The bytes are not a sound model: ${what.charAt(0).toLowerCase()}${what.slice(1)}.`,
  });
}

const CRC = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  CRC[n] = c >>> 0;
}

/** Checksum of IEEE 802.3 and zip. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
