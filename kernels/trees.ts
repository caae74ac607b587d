// Inner loops of tree learning, compiled by AssemblyScript. Their specification is plainTreeKernels in src/kernels/tree-kernels.ts:
// the same integers, so the same bits. Arguments that end in At are byte offsets into the one memory.

export function subtract(minuendAt: usize, subtrahendAt: usize, outAt: usize, totalBins: i32): void {
  const bytes: usize = (<usize>totalBins) << 4;
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(outAt + i, i32x4.sub(v128.load(minuendAt + i), v128.load(subtrahendAt + i)));
}

export function partition(columnAt: usize, tableAt: usize, entriesAt: usize, count: i32, scratchAt: usize): i32 {
  const left: i32 = part(columnAt, tableAt, entriesAt, count, scratchAt);
  memory.copy(entriesAt + ((<usize>left) << 3), scratchAt, (<usize>(count - left)) << 3);
  return left;
}

/** Moves the entries that go left together, and copies the others into the scratch; returns the number that go left. */
export function part(columnAt: usize, tableAt: usize, entriesAt: usize, count: i32, scratchAt: usize): i32 {
  const end: usize = entriesAt + ((<usize>count) << 3);
  let left: usize = entriesAt;
  let right: usize = scratchAt;
  for (let from: usize = entriesAt; from < end; from += 8) {
    const entry: u64 = load<u64>(from);
    const goesLeft: usize = load<u8>(tableAt + <usize>load<u8>(columnAt + <usize>(<u32>entry)));
    store<u64>(left, entry);
    store<u64>(right, entry);
    left += goesLeft << 3;
    right += (1 - goesLeft) << 3;
  }
  return <i32>((left - entriesAt) >> 3);
}

/** Lists the rows of a range of numbers. */
export function listAll(entriesAt: usize, from: i32, to: i32): void {
  for (let row: i32 = from; row < to; row++) store<u32>(entriesAt + ((<usize>row) << 3), row);
}

export function quantize(
  pairsAt: usize,
  entriesAt: usize,
  count: i32,
  gradientScale: f64,
  hessianScale: f64,
  key: u32,
  sumsAt: usize,
): void {
  const end: usize = entriesAt + ((<usize>count) << 3);
  const scales: v128 = f64x2.replace_lane(f64x2.splat(gradientScale), 1, hessianScale);
  let gradients: i64 = 0;
  let hessians: i64 = 0;
  for (let entry: usize = entriesAt; entry < end; entry += 8) {
    const row: u32 = load<u32>(entry);
    const draw: u32 = mix(key, row);
    const pair: v128 = f64x2.promote_low_f32x4(v128.load64_zero(pairsAt + ((<usize>row) << 3)));
    const noise: v128 = f64x2.convert_low_i32x4_u(i32x4.replace_lane(i32x4.splat(draw >> 16), 0, draw & 0xffff));
    const scaled: v128 = f64x2.add(f64x2.mul(pair, scales), f64x2.mul(noise, f64x2.splat(1 / 65536.0)));
    const rounded: v128 = i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(scaled));
    const gradient: i32 = i32x4.extract_lane(rounded, 0);
    const hessian: i32 = i32x4.extract_lane(rounded, 1);
    store<i32>(entry, (gradient << 16) | hessian, 4);
    gradients += gradient;
    hessians += hessian;
  }
  store<f64>(sumsAt, <f64>gradients);
  store<f64>(sumsAt, <f64>hessians, 8);
}

function mix(key: u32, counter: u32): u32 {
  let z: u32 = (counter ^ key) * 0x9e3779b9;
  z ^= z >> 16;
  z *= 0x21f0aaad;
  z ^= z >> 15;
  z = (z + key) * 0x735a2d97;
  z ^= z >> 15;
  return z;
}

/** Writes the number of a leaf at each of its rows. */
export function markLeaf(leaf: i32, entriesAt: usize, count: i32, leafOfAt: usize): void {
  const end: usize = entriesAt + ((<usize>count) << 3);
  for (let entry: usize = entriesAt; entry < end; entry += 8) store<u16>(leafOfAt + ((<usize>load<u32>(entry)) << 1), leaf);
}

/** Adds the pairs of a range of rows to the sums of their leaves (two f64 a leaf, cleared first); rows without a leaf have 65535. */
export function sumLeaves(leafOfAt: usize, pairsAt: usize, from: i32, to: i32, sumsAt: usize, leaves: i32): void {
  memory.fill(sumsAt, 0, (<usize>leaves) << 4);
  for (let row: usize = from; row < <usize>to; row++) {
    const leaf: usize = load<u16>(leafOfAt + (row << 1));
    if (leaf == 65535) continue;
    const sum: usize = sumsAt + (leaf << 4);
    store<f64>(sum, load<f64>(sum) + <f64>load<f32>(pairsAt + (row << 3)));
    store<f64>(sum, load<f64>(sum, 8) + <f64>load<f32>(pairsAt + (row << 3), 4), 8);
  }
}

/** Adds the value of its leaf to one output of each row's scores. */
export function addValues(
  leafOfAt: usize,
  valuesAt: usize,
  from: i32,
  to: i32,
  scoresAt: usize,
  outputs: i32,
  output: i32,
): void {
  for (let row: usize = from; row < <usize>to; row++) {
    const leaf: usize = load<u16>(leafOfAt + (row << 1));
    if (leaf == 65535) continue;
    const score: usize = scoresAt + ((row * <usize>outputs + <usize>output) << 3);
    store<f64>(score, load<f64>(score) + load<f64>(valuesAt + (leaf << 3)));
  }
}
