// Values to bytes; the specification is binColumn in src/models/trees/binning.ts.

/** Bounds are padded with infinity to this many. */
const PADDED: usize = 256;

/** The byte of each value: how many of the padded bounds are below it; `missing` for NaN. Four searches run abreast. */
export function binValues(valuesAt: usize, boundsAt: usize, missing: i32, outAt: usize, from: i32, to: i32): void {
  let i: usize = from;
  const end: usize = to;
  const fours: usize = i + ((end - i) & ~(<usize>3));
  for (; i < fours; i += 4) {
    const at: usize = valuesAt + (i << 3);
    const a: f64 = load<f64>(at);
    const b: f64 = load<f64>(at, 8);
    const c: f64 = load<f64>(at, 16);
    const d: f64 = load<f64>(at, 24);
    let ai: usize = boundsAt;
    let bi: usize = boundsAt;
    let ci: usize = boundsAt;
    let di: usize = boundsAt;
    for (let half: usize = PADDED << 2; half >= 8; half >>= 1) {
      ai += a > load<f64>(ai + half - 8) ? half : 0;
      bi += b > load<f64>(bi + half - 8) ? half : 0;
      ci += c > load<f64>(ci + half - 8) ? half : 0;
      di += d > load<f64>(di + half - 8) ? half : 0;
    }
    store<u8>(outAt + i, a == a ? <i32>((ai - boundsAt) >> 3) : missing);
    store<u8>(outAt + i, b == b ? <i32>((bi - boundsAt) >> 3) : missing, 1);
    store<u8>(outAt + i, c == c ? <i32>((ci - boundsAt) >> 3) : missing, 2);
    store<u8>(outAt + i, d == d ? <i32>((di - boundsAt) >> 3) : missing, 3);
  }
  for (; i < end; i++) {
    const a: f64 = load<f64>(valuesAt + (i << 3));
    let ai: usize = boundsAt;
    for (let half: usize = PADDED << 2; half >= 8; half >>= 1) ai += a > load<f64>(ai + half - 8) ? half : 0;
    store<u8>(outAt + i, a == a ? <i32>((ai - boundsAt) >> 3) : missing);
  }
}

/** Column-major bytes to row-major ones, for a range of rows, by blocks that stay in the cache. */
export function transpose(
  columnsAt: usize,
  rowMajorAt: usize,
  rows: i32,
  features: i32,
  stride: i32,
  from: i32,
  to: i32,
): void {
  for (let block: i32 = from; block < to; block += 2048) {
    const end: usize = min(to, block + 2048);
    for (let f: i32 = 0; f < features; f++) {
      const column: usize = columnsAt + <usize>f * <usize>rows;
      let out: usize = rowMajorAt + <usize>block * <usize>stride + <usize>f;
      for (let i: usize = block; i < end; i++) {
        store<u8>(out, load<u8>(column + i));
        out += <usize>stride;
      }
    }
  }
}
