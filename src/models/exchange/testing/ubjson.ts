/** Plain data, in which bytes stand for a packed list. */
export type Ubjson = null | boolean | number | string | Uint8Array | readonly Ubjson[] | { readonly [name: string]: Ubjson };

/** A document as XGBoost writes it: lengths in 64 bits, big-endian. */
export function ubjson(value: Ubjson): Uint8Array {
  return Buffer.concat([...parts(value)]);
}

/** A list whose numbers have one type and no markers of their own. */
export function packed(type: 'd' | 'D' | 'l' | 'L' | 'I' | 'i', values: readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(`[$${type}#`), ...length(values.length), ...values.map((value) => bytesOf(type, value))]);
}

function* parts(value: Ubjson): Generator<Uint8Array> {
  if (value === null) yield Buffer.from('Z');
  else if (typeof value === 'boolean') yield Buffer.from(value ? 'T' : 'F');
  else if (typeof value === 'number') {
    yield Buffer.from('D');
    yield bytesOf('D', value);
  } else if (typeof value === 'string') {
    yield Buffer.from('S');
    yield* name(value);
  } else if (value instanceof Uint8Array) yield value;
  else if (Array.isArray(value)) {
    yield Buffer.from('[');
    for (const each of value as readonly Ubjson[]) yield* parts(each);
    yield Buffer.from(']');
  } else {
    yield Buffer.from('{');
    for (const [key, each] of Object.entries(value)) {
      yield* name(key);
      yield* parts(each as Ubjson);
    }
    yield Buffer.from('}');
  }
}

function* name(text: string): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield* length(bytes.length);
  yield bytes;
}

function* length(count: number): Generator<Uint8Array> {
  yield Buffer.from('L');
  yield bytesOf('L', count);
}

function bytesOf(type: string, value: number): Uint8Array {
  const bytes = Buffer.alloc({ d: 4, D: 8, l: 4, L: 8, I: 2, i: 1 }[type] as number);
  if (type === 'd') bytes.writeFloatBE(value);
  else if (type === 'D') bytes.writeDoubleBE(value);
  else if (type === 'L') bytes.writeBigInt64BE(BigInt(value));
  else bytes.writeIntBE(value, 0, bytes.length);
  return bytes;
}
