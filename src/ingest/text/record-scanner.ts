/** How the bytes of a delimited text part into records and fields. */
export interface RecordForm {
  readonly delimiter: string;
  /** Empty for none. */
  readonly quote: string;
  /** What stands before a quote inside quotes: the quote itself (doubled), or a backslash. */
  readonly escape: string;
  /** Lines that begin with it are no records; empty for none. */
  readonly comment: string;
  /** Lines at the beginning that are no records. */
  readonly skip: number;
}

/** One record as it lies in the bytes: its fields by place, without their quotes. Valid until the next record is scanned. */
export interface ScannedRecord {
  /** Number of fields. */
  readonly fields: number;
  /** The bytes of a field are `bytes[field]` from `from[field]` to `to[field]`. */
  readonly bytes: readonly Uint8Array[];
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The record as it stands in the file, without its line end. */
  raw(): Uint8Array;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  /** Whether a quote was opened and not closed before the end: such a record is its first line alone. */
  readonly unclosed: boolean;
  /** Whether text stood between a closing quote and the delimiter: a sign of another way to write quotes. */
  readonly odd: boolean;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const NONE = -1;

/**
 * Parts a stream of bytes into records. Line ends may be LF, CRLF or CR, mixed; blank lines are no records. A quote opens a quoted
 * field only at its beginning, where spaces may stand before it; what follows a closing quote up to the delimiter belongs to the field.
 */
export class RecordScanner implements ScannedRecord {
  fields = 0;
  bytes: Uint8Array[] = [];
  from = new Int32Array(64);
  to = new Int32Array(64);
  line = 1;
  unclosed = false;
  odd = false;

  readonly #delimiter: Uint8Array;
  readonly #quote: number;
  readonly #escape: number;
  readonly #comment: Uint8Array;
  /** Bytes that end a plain field, or may. */
  readonly #stops = new Uint8Array(256);
  readonly #skipSpace: boolean;
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #nextLine = 1;
  #skip: number;
  /** Fields that are not a plain part of the buffer. */
  #spare = new Uint8Array(1024);
  #spareUsed = 0;

  constructor(form: RecordForm) {
    this.#delimiter = Buffer.from(form.delimiter, 'utf8');
    this.#quote = form.quote === '' ? NONE : (Buffer.from(form.quote, 'utf8')[0] as number);
    this.#escape = form.escape === '' ? NONE : (Buffer.from(form.escape, 'utf8')[0] as number);
    this.#comment = Buffer.from(form.comment, 'utf8');
    this.#stops[LF] = 1;
    this.#stops[CR] = 1;
    if (this.#delimiter.length > 0) this.#stops[this.#delimiter[0] as number] = 1;
    this.#skipSpace = form.delimiter !== ' ';
    this.#skip = form.skip;
  }

  /** Puts bytes behind those that are not used up. The bytes must not change afterwards. */
  feed(chunk: Uint8Array): void {
    const left = this.#end - this.#start;
    if (left === 0) this.#buffer = chunk;
    else {
      const joined = new Uint8Array(left + chunk.length);
      joined.set(this.#buffer.subarray(this.#start, this.#end));
      joined.set(chunk, left);
      this.#buffer = joined;
    }
    this.#start = 0;
    this.#end = this.#buffer.length;
  }

  /** Bytes that wait for the end of their record. */
  get waiting(): number {
    return this.#end - this.#start;
  }

  /**
   * Scans the next record; false when the bytes end before it does.
   * @param last whether no more bytes come, so that the end of the bytes ends the record
   */
  next(last: boolean): boolean {
    for (;;) {
      const buffer = this.#buffer;
      const end = this.#end;
      if (this.#start >= end) return false;
      if (this.#skip > 0) {
        const stop = this.#lineEnd(this.#start);
        if (stop + 1 >= end && !last) return false;
        this.#start = Math.min(end, stop + (buffer[stop] === CR && buffer[stop + 1] === LF ? 2 : 1));
        this.#nextLine++;
        this.#skip--;
        continue;
      }
      const c = buffer[this.#start] as number;
      if (c === LF || c === CR) {
        if (c === CR && this.#start + 1 === end && !last) return false;
        this.#start += c === CR && buffer[this.#start + 1] === LF && this.#start + 1 < end ? 2 : 1;
        this.#nextLine++;
        continue;
      }
      if (this.#comment.length > 0 && startsAt(buffer, this.#start, end, this.#comment)) {
        const stop = this.#lineEnd(this.#start);
        if (stop === end && !last) return false;
        this.#start = stop;
        continue;
      }
      return this.#record(last);
    }
  }

  /** Gives up the quotes of what waits: its first line is a record by itself. */
  cutUnclosed(): boolean {
    const stop = this.#lineEnd(this.#start);
    this.fields = 0;
    this.bytes = [];
    this.line = this.#nextLine;
    this.unclosed = true;
    this.odd = false;
    this.#rawFrom = this.#start;
    this.#rawTo = stop;
    this.#start = stop;
    return true;
  }

  #rawFrom = 0;
  #rawTo = 0;
  raw(): Uint8Array {
    return this.#buffer.subarray(this.#rawFrom, this.#rawTo);
  }

  #lineEnd(from: number): number {
    let at = from;
    while (at < this.#end && this.#buffer[at] !== LF && this.#buffer[at] !== CR) at++;
    return at;
  }

  #record(last: boolean): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    const quote = this.#quote;
    const first = this.#delimiter[0];
    let at = this.#start;
    let field = 0;
    let lines = 0;
    this.#spareUsed = 0;
    this.odd = false;
    const bytes: Uint8Array[] = this.bytes;
    for (;;) {
      if (field === this.from.length) this.#grow();
      let begin = at;
      if (quote !== NONE) {
        if (this.#skipSpace) while (begin < end && buffer[begin] === SPACE) begin++;
        if (begin < end && buffer[begin] === quote) {
          const closed = this.#quoted(begin + 1, field, last);
          if (closed < 0) return last ? this.cutUnclosed() : false;
          at = closed;
          lines += this.#quotedLines;
        } else at = this.#plain(at, field);
      } else at = this.#plain(at, field);
      if (at >= end && !last) return false;
      field++;
      if (at < end && buffer[at] === first) {
        at += this.#delimiter.length;
        if (at >= end && last) {
          if (field === this.from.length) this.#grow();
          bytes[field] = buffer;
          this.from[field] = end;
          this.to[field] = end;
          field++;
          break;
        }
        continue;
      }
      break;
    }
    if (at + 1 >= end && buffer[at] === CR && !last) return false;
    this.fields = field;
    this.line = this.#nextLine;
    this.unclosed = false;
    this.#rawFrom = this.#start;
    this.#rawTo = Math.min(at, end);
    if (at < end) at += buffer[at] === CR && buffer[at + 1] === LF && at + 1 < end ? 2 : 1;
    this.#nextLine += lines + 1;
    this.#start = Math.min(at, end);
    return true;
  }

  /** A field without quotes: up to the delimiter or the line end. */
  #plain(from: number, field: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    const stops = this.#stops;
    let at = from;
    for (;;) {
      while (at < end && stops[buffer[at] as number] === 0) at++;
      if (at >= end || this.#delimiter.length <= 1) break;
      if (buffer[at] === LF || buffer[at] === CR || startsAt(buffer, at, end, this.#delimiter)) break;
      at++;
    }
    this.bytes[field] = buffer;
    this.from[field] = from;
    this.to[field] = at;
    return at;
  }

  #quotedLines = 0;
  /** A field behind its opening quote; the place behind it, or -1 when the bytes end before its closing quote. */
  #quoted(from: number, field: number, last: boolean): number {
    const buffer = this.#buffer;
    const end = this.#end;
    const quote = this.#quote;
    const escape = this.#escape;
    const spareFrom = this.#spareUsed;
    let copied = false;
    let part = from;
    let at = from;
    this.#quotedLines = 0;
    for (;;) {
      while (at < end) {
        const c = buffer[at] as number;
        if (c === quote || c === escape) break;
        if (c === LF || (c === CR && buffer[at + 1] !== LF)) this.#quotedLines++;
        at++;
      }
      if (at >= end) return -1;
      if (buffer[at] === escape && escape !== quote) {
        if (at + 1 >= end) return -1;
        const escaped = buffer[at + 1] as number;
        if (escaped === quote || escaped === escape) {
          this.#copy(part, at);
          copied = true;
          part = at + 1;
        }
        at += 2;
        continue;
      }
      if (at + 1 >= end && !last) return -1;
      if (buffer[at + 1] === quote && at + 1 < end) {
        this.#copy(part, at + 1);
        copied = true;
        at += 2;
        part = at;
        continue;
      }
      break;
    }
    const close = at;
    at = this.#plain(close + 1, field);
    const bare = blank(buffer, close + 1, at);
    if (!bare) this.odd = true;
    if (!copied && bare) {
      this.bytes[field] = buffer;
      this.from[field] = from;
      this.to[field] = close;
      return at;
    }
    this.#copy(part, close);
    this.#copy(close + 1, at);
    this.bytes[field] = this.#spare;
    this.from[field] = spareFrom;
    this.to[field] = this.#spareUsed;
    return at;
  }

  #copy(from: number, to: number): void {
    const need = this.#spareUsed + to - from;
    if (need > this.#spare.length) {
      const larger = new Uint8Array(need * 2);
      larger.set(this.#spare);
      // Fields of this record that lie in the old one stay where they are.
      this.#spare = larger;
    }
    this.#spare.set(this.#buffer.subarray(from, to), this.#spareUsed);
    this.#spareUsed = need;
  }

  #grow(): void {
    const size = this.from.length * 2;
    const from = new Int32Array(size);
    const to = new Int32Array(size);
    from.set(this.from);
    to.set(this.to);
    this.from = from;
    this.to = to;
  }
}

function startsAt(bytes: Uint8Array, at: number, end: number, part: Uint8Array): boolean {
  if (at + part.length > end) return false;
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}

function blank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}
