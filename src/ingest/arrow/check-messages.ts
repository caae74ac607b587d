/** Says in which way the bytes of an Arrow file are not what their own lengths say. */
export class DamagedArrow extends Error {}

const MAGIC = 'ARROW1';
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;
const DEEPEST = 64;
const MOST_MESSAGES = 10_000_000;

/**
 * Checks every length in the metadata of Arrow IPC data against the bytes that there are, before anything is allocated by it: a damaged
 * or hostile file of a few kilobytes can claim billions of rows.
 * @throws DamagedArrow
 */
export function checkMessages(bytes: Uint8Array): void {
  try {
    if (Buffer.from(bytes.buffer, bytes.byteOffset, 6).toString('latin1') === MAGIC) checkFile(new Metadata(bytes));
    else checkStream(bytes, 0);
  } catch (error) {
    if (error instanceof RangeError) throw new DamagedArrow('a place in it lies outside of it');
    throw error;
  }
}

function checkFile(all: Metadata): void {
  const end = all.size - MAGIC.length - 4;
  const length = all.int32(end);
  if (length <= 0 || length > end) throw new DamagedArrow(`its footer claims ${length} bytes`);
  const footer = new Metadata(all.bytes.subarray(end - length, end));
  const root = footer.int32(0);
  checkSchema(footer, footer.pointer(root, 1), 0);
  for (const slot of [2, 3]) {
    const blocks = footer.vector(footer.pointer(root, slot), 24);
    for (let i = 0; i < blocks.length; i++) {
      const at = footer.int64(blocks.start + 24 * i);
      if (at < 0 || at >= all.size) throw new DamagedArrow('a block lies outside of it');
      checkMessage(all.bytes, at);
    }
  }
}

function checkStream(bytes: Uint8Array, from: number): void {
  let at = from;
  for (let i = 0; i < MOST_MESSAGES && at + 4 <= bytes.length; i++) {
    const next = checkMessage(bytes, at);
    if (next === null) return;
    at = next;
  }
}

/** Checks one message; the place behind it, or null behind the last one. */
function checkMessage(bytes: Uint8Array, from: number): number | null {
  const all = new Metadata(bytes);
  let at = from;
  let length = all.int32(at);
  at += 4;
  if (length === -1) {
    length = all.int32(at);
    at += 4;
  }
  if (length === 0) return null;
  if (length < 0 || at + length > bytes.length) throw new DamagedArrow(`a message claims ${length} bytes of metadata`);
  const message = new Metadata(bytes.subarray(at, at + length));
  const root = message.int32(0);
  const kind = message.field(root, 1) === 0 ? 0 : message.uint8(message.field(root, 1));
  const body = message.field(root, 3) === 0 ? 0 : message.int64(message.field(root, 3));
  const header = message.pointer(root, 2);
  at += length;
  if (body < 0 || at + body > bytes.length) throw new DamagedArrow(`a message claims ${body} bytes of data`);
  if (kind === SCHEMA) checkSchema(message, header, 0);
  else if (kind === RECORD_BATCH) checkBatch(message, header, body);
  else if (kind === DICTIONARY_BATCH) checkBatch(message, message.pointer(header, 1), body);
  return at + body;
}

function checkSchema(metadata: Metadata, schema: number, depth: number): void {
  if (schema === 0) return;
  checkFields(metadata, metadata.pointer(schema, 1), depth);
  metadata.vector(metadata.pointer(schema, 2), 4);
}

function checkFields(metadata: Metadata, at: number, depth: number): void {
  if (depth > DEEPEST) throw new DamagedArrow('its columns are nested too deeply');
  const fields = metadata.vector(at, 4);
  for (let i = 0; i < fields.length; i++) {
    const field = metadata.follow(fields.start + 4 * i);
    const type = metadata.pointer(field, 3);
    // The type's own fields may hold a list (the ids of a union); it must lie inside as well.
    if (type !== 0 && metadata.field(field, 2) !== 0 && metadata.uint8(metadata.field(field, 2)) === 14)
      metadata.vector(metadata.pointer(type, 1), 4);
    checkFields(metadata, metadata.pointer(field, 5), depth + 1);
    metadata.vector(metadata.pointer(field, 6), 4);
  }
}

function checkBatch(metadata: Metadata, batch: number, body: number): void {
  if (batch === 0) return;
  // Each row takes at least one bit in some column.
  const most = body * 8;
  const count = (at: number, what: string) => {
    const value = metadata.int64(at);
    if (value < 0 || value > most) throw new DamagedArrow(`it claims ${value} ${what} in ${body} bytes`);
  };
  if (metadata.field(batch, 0) !== 0) count(metadata.field(batch, 0), 'rows');
  const nodes = metadata.vector(metadata.pointer(batch, 1), 16);
  for (let i = 0; i < nodes.length; i++) count(nodes.start + 16 * i, 'values');
  const buffers = metadata.vector(metadata.pointer(batch, 2), 16);
  for (let i = 0; i < buffers.length; i++) {
    const offset = metadata.int64(buffers.start + 16 * i);
    const length = metadata.int64(buffers.start + 16 * i + 8);
    if (offset < 0 || length < 0 || offset + length > body) throw new DamagedArrow('a column lies outside of its data');
  }
  const variadic = metadata.vector(metadata.pointer(batch, 4), 8);
  for (let i = 0; i < variadic.length; i++) {
    const buffersOf = metadata.int64(variadic.start + 8 * i);
    if (buffersOf < 0 || buffersOf > buffers.length) throw new DamagedArrow(`a column claims ${buffersOf} parts`);
  }
}

/** Reads a FlatBuffer by its places; every place is checked. */
class Metadata {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }
  uint8(at: number): number {
    return this.#view.getUint8(at);
  }
  int32(at: number): number {
    return this.#view.getInt32(at, true);
  }
  int64(at: number): number {
    return Number(this.#view.getBigInt64(at, true));
  }
  /** The place of a field of a table, 0 when it is not there. */
  field(table: number, slot: number): number {
    const layout = table - this.int32(table);
    const size = this.#view.getUint16(layout, true);
    const entry = 4 + 2 * slot;
    if (entry + 2 > size) return 0;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset === 0 ? 0 : table + offset;
  }
  follow(at: number): number {
    return at + this.int32(at);
  }
  /** What a field points to, 0 when it is not there. */
  pointer(table: number, slot: number): number {
    const at = this.field(table, slot);
    return at === 0 ? 0 : this.follow(at);
  }
  /** A list; its entries must lie inside. */
  vector(at: number, size: number): { readonly start: number; readonly length: number } {
    if (at === 0) return { start: 0, length: 0 };
    const length = this.int32(at);
    if (length < 0 || at + 4 + length * size > this.size) throw new DamagedArrow(`a list claims ${length} entries`);
    return { start: at + 4, length };
  }
}
