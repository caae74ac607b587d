/** Sizes of the headers of a WAL and of a frame in it, bytes. */
const HEADER = 32;
const FRAME = 24;
const MAGIC = 0x377f0682;

/**
 * The database that a file and its WAL are together, as bytes: the pages of every commit in the WAL laid over those of the file. It is
 * done by hand for a database whose file was emptied, because SQLite throws the WAL of an empty file away when it opens it.
 * @returns undefined when the WAL holds no commit
 */
export function overlayWal(database: Uint8Array, wal: Buffer): Buffer | undefined {
  if (wal.length < HEADER || (wal.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return undefined;
  const bigEndian = (wal.readUInt32BE(0) & 1) === 1;
  const pageSize = wal.readUInt32BE(8);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  let sums = checksum(wal.subarray(0, 24), bigEndian, [0, 0]);
  if (sums[0] !== wal.readUInt32BE(24) || sums[1] !== wal.readUInt32BE(28)) return undefined;
  const salts = wal.subarray(16, 24);
  let pages = new Map<number, Buffer>();
  let size = 0;
  const waiting = new Map<number, Buffer>();
  for (let at = HEADER; at + FRAME + pageSize <= wal.length; at += FRAME + pageSize) {
    const page = wal.subarray(at + FRAME, at + FRAME + pageSize);
    sums = checksum(page, bigEndian, checksum(wal.subarray(at, at + 8), bigEndian, sums));
    const whole = sums[0] === wal.readUInt32BE(at + 16) && sums[1] === wal.readUInt32BE(at + 20);
    if (!whole || Buffer.compare(wal.subarray(at + 8, at + 16), salts) !== 0) break;
    waiting.set(wal.readUInt32BE(at), page);
    const committed = wal.readUInt32BE(at + 4);
    if (committed === 0) continue;
    size = committed;
    pages = new Map([...pages, ...waiting]);
    waiting.clear();
  }
  if (size === 0) return undefined;
  const whole = Buffer.alloc(size * pageSize);
  whole.set(database.subarray(0, whole.length));
  for (const [number, page] of pages) if (number <= size) whole.set(page, (number - 1) * pageSize);
  return whole;
}

function checksum(bytes: Buffer, bigEndian: boolean, [a, b]: readonly [number, number]): readonly [number, number] {
  let first = a;
  let second = b;
  for (let at = 0; at < bytes.length; at += 8) {
    const read = (place: number) => (bigEndian ? bytes.readUInt32BE(place) : bytes.readUInt32LE(place));
    first = (first + read(at) + second) >>> 0;
    second = (second + read(at + 4) + first) >>> 0;
  }
  return [first, second];
}
