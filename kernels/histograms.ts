// Sums of gradients, hessians and counts by bin. A row's three are one 64-bit integer, added with one instruction a feature: 26 + 23 + 15
// bits hold any sums of 2^14 rows. Packed sums are spread into four 32-bit integers a bin.

/** Rows whose packed sums cannot overflow. */
export const BLOCK: i32 = 16384;
/** Bytes of a feature's 256 packed words. */
export const PACKED: usize = 2048;
/** Rows that are not neighbours are fetched a tile at a time: many loads in flight at once, before they are counted from the cache. */
export const TILE: usize = 16384;
/** Longest row worth fetching so; longer ones are runs of memory by themselves. */
const LONGEST: usize = 512;

/**
 * Histogram of a list of rows. `packedAt` holds 2048 bytes a feature, zero before and after, and room for a tile of rows at `tileAt`.
 * `listAt` are the numbers of the features (u32), or 0 for all; 15 bytes after the last row may be read.
 */
export function histogram(
  binsAt: usize,
  stride: i32,
  features: i32,
  listAt: usize,
  offsetsAt: usize,
  totalBins: i32,
  entriesAt: usize,
  count: i32,
  packedAt: usize,
  histogramAt: usize,
): void {
  memory.fill(histogramAt, 0, (<usize>totalBins) << 4);
  const last: usize = listAt ? <usize>load<u32>(listAt + ((<usize>(features - 1)) << 2)) + 1 : <usize>features;
  const tileAt: usize = packedAt + last * PACKED;
  for (let from: i32 = 0; from < count; from += BLOCK) {
    accumulate(binsAt, stride, features, listAt, entriesAt + ((<usize>from) << 3), min(BLOCK, count - from), packedAt, tileAt);
    for (let k: i32 = 0; k < features; k++) {
      const feature: usize = listAt ? <usize>load<u32>(listAt + ((<usize>k) << 2)) : <usize>k;
      const first: usize = (<usize>load<u32>(offsetsAt + (feature << 2))) << 4;
      const end: usize = (<usize>load<u32>(offsetsAt + (feature << 2), 4)) << 4;
      spread(packedAt + feature * PACKED, histogramAt + first, histogramAt + end, true);
    }
  }
}

/** Adds up to `BLOCK` rows to the packed sums. */
export function accumulate(
  binsAt: usize,
  rowBytes: i32,
  listed: i32,
  listAt: usize,
  entriesAt: usize,
  count: i32,
  packedAt: usize,
  tileAt: usize,
): void {
  if (count == 0) return;
  const stride: usize = rowBytes;
  const features: usize = listed;
  const end: usize = entriesAt + ((<usize>count) << 3);
  const gap: u32 = load<u32>(end - 8) - load<u32>(entriesAt);
  const width: usize = listAt ? stride : features;
  if (width > LONGEST || gap < <u32>(2 * count)) {
    if (!listAt) {
      let entry: usize = entriesAt;
      for (; entry + 8 < end; entry += 16)
        addRows(
          binsAt + <usize>load<u32>(entry) * stride,
          binsAt + <usize>load<u32>(entry, 8) * stride,
          features,
          load<i32>(entry, 4),
          load<i32>(entry, 12),
          packedAt,
        );
      if (entry < end) addRow(binsAt + <usize>load<u32>(entry) * stride, features, load<i32>(entry, 4), packedAt);
      return;
    }
    for (let entry: usize = entriesAt; entry < end; entry += 8) {
      const row: usize = binsAt + <usize>load<u32>(entry) * stride;
      if (listAt) addListed(row, features, listAt, load<i32>(entry, 4), packedAt);
      else addRow(row, features, load<i32>(entry, 4), packedAt);
    }
    return;
  }
  const padded: usize = (width + 15) & ~(<usize>15);
  const most: usize = (TILE / padded) << 3;
  for (let from: usize = entriesAt; from < end; from += most) {
    const to: usize = min(end, from + most);
    fetch(binsAt, stride, padded, from, to, tileAt);
    let row: usize = tileAt;
    if (!listAt) {
      let entry: usize = from;
      for (; entry + 8 < to; entry += 16) {
        addRows(row, row + padded, features, load<i32>(entry, 4), load<i32>(entry, 12), packedAt);
        row += 2 * padded;
      }
      if (entry < to) addRow(row, features, load<i32>(entry, 4), packedAt);
      continue;
    }
    for (let entry: usize = from; entry < to; entry += 8) {
      if (listAt) addListed(row, features, listAt, load<i32>(entry, 4), packedAt);
      else addRow(row, features, load<i32>(entry, 4), packedAt);
      row += padded;
    }
  }
}

/**
 * The same from columns of bytes, for a few listed features: two at a time, so that what they read of long rows is not all the rest of
 * them.
 */
export function accumulateColumns(
  columnsAt: usize,
  rows: usize,
  features: i32,
  listAt: usize,
  entriesAt: usize,
  count: i32,
  packedAt: usize,
): void {
  const end: usize = entriesAt + ((<usize>count) << 3);
  const stop: usize = listAt + ((<usize>features) << 2);
  let next: usize = listAt;
  for (; next + 4 < stop; next += 8) {
    const first: usize = load<u32>(next);
    const second: usize = load<u32>(next, 4);
    const firstAt: usize = columnsAt + first * rows;
    const secondAt: usize = columnsAt + second * rows;
    const firstSums: usize = packedAt + first * PACKED;
    const secondSums: usize = packedAt + second * PACKED;
    for (let entry: usize = entriesAt; entry < end; entry += 8) {
      const row: usize = load<u32>(entry);
      const sum: i64 = packed(load<i32>(entry, 4));
      const a: usize = firstSums + ((<usize>load<u8>(firstAt + row)) << 3);
      store<i64>(a, load<i64>(a) + sum);
      const b: usize = secondSums + ((<usize>load<u8>(secondAt + row)) << 3);
      store<i64>(b, load<i64>(b) + sum);
    }
  }
  if (next >= stop) return;
  const last: usize = load<u32>(next);
  for (let entry: usize = entriesAt; entry < end; entry += 8) {
    const a: usize = packedAt + last * PACKED + ((<usize>load<u8>(columnsAt + last * rows + <usize>load<u32>(entry))) << 3);
    store<i64>(a, load<i64>(a) + packed(load<i32>(entry, 4)));
  }
}

/** Copies the bytes of rows into a tile. */
function fetch(binsAt: usize, stride: usize, padded: usize, from: usize, to: usize, tileAt: usize): void {
  let row: usize = tileAt;
  if (padded == 32) {
    for (let entry: usize = from; entry < to; entry += 8) {
      const bytes: usize = binsAt + <usize>load<u32>(entry) * stride;
      v128.store(row, v128.load(bytes));
      v128.store(row, v128.load(bytes, 16), 16);
      row += 32;
    }
    return;
  }
  if (padded == 16) {
    for (let entry: usize = from; entry < to; entry += 8) {
      v128.store(row, v128.load(binsAt + <usize>load<u32>(entry) * stride));
      row += 16;
    }
    return;
  }
  for (let entry: usize = from; entry < to; entry += 8) {
    const bytes: usize = binsAt + <usize>load<u32>(entry) * stride;
    for (let i: usize = 0; i < padded; i += 16) v128.store(row + i, v128.load(bytes + i));
    row += padded;
  }
}

/** The packed integer of a row. */
function packed(quantized: i32): i64 {
  return ((<i64>(quantized >> 16)) << 38) + <i64>((quantized & 0xffff) << 15) + 1;
}

/** Adds a row's integers to the bin of each of its bytes. */
function addRow(rowAt: usize, features: usize, quantized: i32, packedAt: usize): void {
  const sum: i64 = packed(quantized);
  let bytes: usize = rowAt;
  let base: usize = packedAt;
  const stop: usize = rowAt + (features & ~(<usize>3));
  while (bytes < stop) {
    const four: u32 = load<u32>(bytes);
    const a: usize = base + <usize>((four & 255) << 3);
    store<i64>(a, load<i64>(a) + sum);
    const b: usize = base + <usize>((four >> 5) & 2040);
    store<i64>(b, load<i64>(b, PACKED) + sum, PACKED);
    const c: usize = base + <usize>((four >> 13) & 2040);
    store<i64>(c, load<i64>(c, 2 * PACKED) + sum, 2 * PACKED);
    const d: usize = base + <usize>((four >> 21) & 2040);
    store<i64>(d, load<i64>(d, 3 * PACKED) + sum, 3 * PACKED);
    bytes += 4;
    base += 4 * PACKED;
  }
  const last: usize = rowAt + features;
  while (bytes < last) {
    const a: usize = base + ((<usize>load<u8>(bytes)) << 3);
    store<i64>(a, load<i64>(a) + sum);
    bytes++;
    base += PACKED;
  }
}

/** Adds two rows at once. */
function addRows(rowAt: usize, otherAt: usize, features: usize, quantized: i32, otherQuantized: i32, packedAt: usize): void {
  const sum: i64 = packed(quantized);
  const other: i64 = packed(otherQuantized);
  let bytes: usize = rowAt;
  const apart: usize = otherAt - rowAt;
  let base: usize = packedAt;
  const stop: usize = rowAt + (features & ~(<usize>3));
  while (bytes < stop) {
    const four: u32 = load<u32>(bytes);
    const more: u32 = load<u32>(bytes + apart);
    let a: usize = base + <usize>((four & 255) << 3);
    store<i64>(a, load<i64>(a) + sum);
    a = base + <usize>((more & 255) << 3);
    store<i64>(a, load<i64>(a) + other);
    a = base + <usize>((four >> 5) & 2040);
    store<i64>(a, load<i64>(a, PACKED) + sum, PACKED);
    a = base + <usize>((more >> 5) & 2040);
    store<i64>(a, load<i64>(a, PACKED) + other, PACKED);
    a = base + <usize>((four >> 13) & 2040);
    store<i64>(a, load<i64>(a, 2 * PACKED) + sum, 2 * PACKED);
    a = base + <usize>((more >> 13) & 2040);
    store<i64>(a, load<i64>(a, 2 * PACKED) + other, 2 * PACKED);
    a = base + <usize>((four >> 21) & 2040);
    store<i64>(a, load<i64>(a, 3 * PACKED) + sum, 3 * PACKED);
    a = base + <usize>((more >> 21) & 2040);
    store<i64>(a, load<i64>(a, 3 * PACKED) + other, 3 * PACKED);
    bytes += 4;
    base += 4 * PACKED;
  }
  const last: usize = rowAt + features;
  while (bytes < last) {
    let a: usize = base + ((<usize>load<u8>(bytes)) << 3);
    store<i64>(a, load<i64>(a) + sum);
    a = base + ((<usize>load<u8>(bytes + apart)) << 3);
    store<i64>(a, load<i64>(a) + other);
    bytes++;
    base += PACKED;
  }
}

/** The same for the listed features alone. */
function addListed(rowAt: usize, features: usize, listAt: usize, quantized: i32, packedAt: usize): void {
  const sum: i64 = packed(quantized);
  const stop: usize = listAt + (features << 2);
  for (let next: usize = listAt; next < stop; next += 4) {
    const feature: usize = load<u32>(next);
    const a: usize = packedAt + feature * PACKED + ((<usize>load<u8>(rowAt + feature)) << 3);
    store<i64>(a, load<i64>(a) + sum);
  }
}

/** Spreads a feature's packed sums over its bins, added to what is there or instead of it, and clears them. */
export function spread(packedAt: usize, from: usize, end: usize, add: bool): void {
  const zero: v128 = i64x2.splat(0);
  const hessians: v128 = i64x2.splat(0x7fffff);
  const counts: v128 = i64x2.splat(0x7fff);
  let at: usize = packedAt;
  let to: usize = from;
  for (; to + 16 < end; to += 32, at += 16) {
    const sums: v128 = v128.load(at);
    v128.store(at, zero);
    const g: v128 = i64x2.shr_s(sums, 38);
    const h: v128 = v128.and(i64x2.shr_u(sums, 15), hessians);
    const c: v128 = v128.and(sums, counts);
    const pairs: v128 = v128.shuffle<i32>(g, h, 0, 4, 2, 6);
    const a: v128 = v128.shuffle<i64>(pairs, c, 0, 2);
    const b: v128 = v128.shuffle<i64>(pairs, c, 1, 3);
    if (add) {
      v128.store(to, i32x4.add(v128.load(to), a));
      v128.store(to, i32x4.add(v128.load(to, 16), b), 16);
    } else {
      v128.store(to, a);
      v128.store(to, b, 16);
    }
  }
  if (to < end) {
    const sum: i64 = load<i64>(at);
    store<i64>(at, 0);
    let wide: v128 = i32x4.splat(<i32>(sum >> 38));
    wide = i32x4.replace_lane(wide, 1, <i32>(sum >> 15) & 0x7fffff);
    wide = i32x4.replace_lane(wide, 2, <i32>sum & 0x7fff);
    wide = i32x4.replace_lane(wide, 3, 0);
    v128.store(to, add ? i32x4.add(v128.load(to), wide) : wide);
  }
}

/**
 * The same for a feature that shares its column: `base` is its first code, `codes` their number, `rest` the bin of zeros, whose sums stay
 * at zero: they are what the others lack to those of the leaf.
 */
export function spreadCodes(packedAt: usize, base: usize, codes: usize, rest: usize, from: usize, end: usize, add: bool): void {
  if (!add) memory.fill(from, 0, end - from);
  for (let i: usize = 0; i < codes; i++) {
    const at: usize = packedAt + ((base + i) << 3);
    const sum: i64 = load<i64>(at);
    if (sum == 0) continue;
    store<i64>(at, 0);
    const to: usize = from + ((i < rest ? i : i + 1) << 4);
    store<i32>(to, load<i32>(to) + <i32>(sum >> 38));
    store<i32>(to, load<i32>(to, 4) + (<i32>(sum >> 15) & 0x7fffff), 4);
    store<i32>(to, load<i32>(to, 8) + (<i32>sum & 0x7fff), 8);
  }
}

/** Gives the bin of zeros what the other bins lack to the sums of the leaf. */
export function fillRest(rest: usize, from: usize, end: usize, gradient: i32, hessian: i32, count: i32): void {
  let left: v128 = i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(gradient), 1, hessian), 2, count);
  left = i32x4.replace_lane(left, 3, 0);
  for (let at: usize = from; at < end; at += 16) left = i32x4.sub(left, v128.load(at));
  v128.store(from + (rest << 4), left);
}
