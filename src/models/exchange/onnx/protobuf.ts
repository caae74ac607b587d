/** Writes protobuf messages (encoding: protobuf.dev/programming-guides/encoding): fields one after another, lengths before what has one. */
export class ProtoWriter {
  readonly #parts: Uint8Array[] = [];

  /** A whole number, also a negative one, which takes ten bytes. */
  int(field: number, value: number | bigint): this {
    return this.#push(varint(field << 3), varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint((field << 3) | 5), bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#push(varint((field << 3) | 2), varint(value.length), value);
  }

  message(field: number, fill: (writer: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    fill(inner);
    return this.bytes(field, inner.finish());
  }

  /** Numbers of 32 bits, one after another. */
  floats(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(4 * values.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] as number, true);
    return this.bytes(field, bytes);
  }

  ints(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, joined(Array.from(values, varint)));
  }

  finish(): Uint8Array {
    return joined(this.#parts);
  }

  #push(...parts: Uint8Array[]): this {
    this.#parts.push(...parts);
    return this;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
