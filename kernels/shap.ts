// Shapley values of one tree and row; the specification is explainTree in src/models/trees/shap-passes.ts. Buffers hold `pairs` pairs of
// f64 a node of the tree. A split has 64 bytes: threshold, shares of the left and the right edge and of the edge above on the same feature
// (f64 each), then u32: offset of its value in the row, offset of its category, address of the set that goes right, offset of what is present of the edge
// above (that of the root, which is 1 with a share of 1, when there is none), left child, node, offset of its feature in the output; after them the
// inverse factors of the edge above, when it is absent and when it is present. A leaf has 16: value, node.

const SPLIT: usize = 64;
const LEAF: usize = 16;

export function explainTree(
  splitsAt: usize,
  splits: i32,
  leavesAt: usize,
  leaves: i32,
  pairs: i32,
  ruleAt: usize,
  row: usize,
  downAt: usize,
  upAt: usize,
  factorAt: usize,
  presentAt: usize,
  outAt: usize,
): void {
  const bytes: usize = (<usize>pairs) << 4;
  const weightsAt: usize = ruleAt + bytes;
  for (let p: usize = 0; p < bytes; p += 16) v128.store(downAt + p, v128.load(weightsAt + p));
  for (let k: i32 = 0; k < leaves; k++, leavesAt += LEAF) {
    const value: v128 = v128.load64_splat(leavesAt);
    const up: usize = upAt + <usize>load<u32>(leavesAt, 8) * bytes;
    for (let p: usize = 0; p < bytes; p += 16) v128.store(up + p, value);
  }
  store<i32>(presentAt, 1);
  const size: usize = SPLIT + 2 * bytes;
  const end: usize = splitsAt + <usize>splits * size;
  for (let s: usize = splitsAt; s < end; s += size) descend(s, row, bytes, ruleAt, downAt, factorAt, presentAt);
  for (let s: usize = end; s > splitsAt; ) {
    s -= size;
    ascend(s, bytes, downAt, upAt, factorAt, presentAt, outAt);
  }
}

function descend(s: usize, row: usize, bytes: usize, ruleAt: usize, downAt: usize, factorAt: usize, presentAt: usize): void {
  const above: i32 = <i32>(load<f64>(row + <usize>load<u32>(s, 32)) > load<f64>(s));
  const category: u32 = load<u32>(row + <usize>load<u32>(s, 36));
  const word: i32 = load<i32>(<usize>load<u32>(s, 40) + <usize>((category >> 5) << 2));
  const right: i32 = above | ((word >> (category & 31)) & 1);
  const child: usize = load<u32>(s, 48);
  const open: i32 = load<i32>(presentAt + <usize>load<u32>(s, 44));
  const oneLeft: i32 = open & (right ^ 1);
  const oneRight: i32 = open & right;
  store<i32>(presentAt + (child << 2), oneLeft);
  store<i32>(presentAt + (child << 2), oneRight, 4);
  const zLeft: v128 = v128.load64_splat(s, 8);
  const zRight: v128 = v128.load64_splat(s, 16);
  const gapLeft: v128 = f64x2.sub(f64x2.splat(<f64>oneLeft), zLeft);
  const gapRight: v128 = f64x2.sub(f64x2.splat(<f64>oneRight), zRight);
  const inverses: usize = s + SPLIT + <usize>open * bytes;
  const down: usize = downAt + <usize>load<u32>(s, 52) * bytes;
  const a: usize = child * bytes;
  const b: usize = a + bytes;
  for (let p: usize = 0; p < bytes; p += 16) {
    const point: v128 = v128.load(ruleAt + p);
    const inverse: v128 = v128.load(inverses + p);
    const d: v128 = v128.load(down + p);
    const l: v128 = f64x2.mul(f64x2.add(zLeft, f64x2.mul(gapLeft, point)), inverse);
    const r: v128 = f64x2.mul(f64x2.add(zRight, f64x2.mul(gapRight, point)), inverse);
    v128.store(factorAt + a + p, l);
    v128.store(factorAt + b + p, r);
    v128.store(downAt + a + p, f64x2.mul(d, l));
    v128.store(downAt + b + p, f64x2.mul(d, r));
  }
}

function ascend(s: usize, bytes: usize, downAt: usize, upAt: usize, factorAt: usize, presentAt: usize, outAt: usize): void {
  const child: usize = load<u32>(s, 48);
  const at: usize = <usize>load<u32>(s, 52) * bytes;
  const a: usize = child * bytes;
  const b: usize = a + bytes;
  const open: i32 = load<i32>(presentAt + <usize>load<u32>(s, 44));
  const inverses: usize = s + SPLIT + <usize>open * bytes;
  const gapLeft: v128 = f64x2.splat(<f64>load<i32>(presentAt + (child << 2)) - load<f64>(s, 8));
  const gapRight: v128 = f64x2.splat(<f64>load<i32>(presentAt + (child << 2), 4) - load<f64>(s, 16));
  const gap: v128 = f64x2.splat(<f64>open - load<f64>(s, 24));
  let sums: v128 = f64x2.splat(0);
  for (let p: usize = 0; p < bytes; p += 16) {
    const inverse: v128 = v128.load(inverses + p);
    const l: v128 = v128.load(upAt + a + p);
    const r: v128 = v128.load(upAt + b + p);
    const both: v128 = f64x2.add(f64x2.mul(v128.load(factorAt + a + p), l), f64x2.mul(v128.load(factorAt + b + p), r));
    const part: v128 = f64x2.sub(f64x2.add(f64x2.mul(gapLeft, l), f64x2.mul(gapRight, r)), f64x2.mul(gap, both));
    sums = f64x2.add(sums, f64x2.mul(f64x2.mul(v128.load(downAt + at + p), inverse), part));
    v128.store(upAt + at + p, both);
  }
  const to: usize = outAt + <usize>load<u32>(s, 56);
  store<f64>(to, load<f64>(to) + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
}
