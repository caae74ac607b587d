// Walks through flattened trees, eight abreast, so that their loads do not wait for one another; the specification is ForestScorer in
// src/models/trees/forest.ts. A plain node has 16 bytes: threshold, offset of its value in the row (u32), address of its left child
// (u32); the right child follows the left one. A node of a tree with categorical splits has 32: the same, then the offset of its category
// in the row and the address of its set: 8 words, a bit for each category that goes right. A leaf is its own left child and its threshold
// is its value: its offset leads to minus infinity, so that it is never left.

function step(node: usize, row: usize): usize {
  return <usize>load<u32>(node, 12) + ((<usize>(load<f64>(row + <usize>load<u32>(node, 8)) > load<f64>(node))) << 4);
}

function mixedStep(node: usize, row: usize): usize {
  const above: u32 = <u32>(load<f64>(row + <usize>load<u32>(node, 8)) > load<f64>(node));
  const category: u32 = load<u32>(row + <usize>load<u32>(node, 16));
  const word: u32 = load<u32>(<usize>load<u32>(node, 20) + <usize>((category >> 5) << 2));
  return <usize>load<u32>(node, 12) + ((<usize>(above | ((word >> (category & 31)) & 1))) << 5);
}

/** Not zero before a leaf. */
function open(node: usize): usize {
  return <usize>load<u32>(node, 12) ^ node;
}

/** Steps between two looks at whether all have arrived: most ways are far shorter than the longest, but looking costs as well. */
const LONG: i32 = 9;
const CHUNK: i32 = 3;

/** Words of a group of trees: the address of each root, where the address of each leaf goes, steps, and 1 when it is mixed. */
const GROUP: usize = 72;

/** One row through groups of eight trees; then the leaves of all trees are added in their order, tree t to output t modulo `outputs`. */
export function scoreRow(
  groupsAt: usize,
  groups: i32,
  row: usize,
  leavesAt: usize,
  trees: i32,
  outAt: usize,
  outputs: i32,
): void {
  for (let group: i32 = 0; group < groups; group++, groupsAt += GROUP) {
    let a: usize = load<u32>(groupsAt);
    let b: usize = load<u32>(groupsAt, 4);
    let c: usize = load<u32>(groupsAt, 8);
    let d: usize = load<u32>(groupsAt, 12);
    let e: usize = load<u32>(groupsAt, 16);
    let f: usize = load<u32>(groupsAt, 20);
    let g: usize = load<u32>(groupsAt, 24);
    let h: usize = load<u32>(groupsAt, 28);
    const steps: i32 = load<i32>(groupsAt, 64);
    const chunk: i32 = steps > LONG ? CHUNK : steps;
    if (load<i32>(groupsAt, 68)) {
      for (let done: i32 = 0; ; ) {
        for (let i: i32 = 0; i < chunk; i++) {
          a = mixedStep(a, row);
          b = mixedStep(b, row);
          c = mixedStep(c, row);
          d = mixedStep(d, row);
          e = mixedStep(e, row);
          f = mixedStep(f, row);
          g = mixedStep(g, row);
          h = mixedStep(h, row);
        }
        done += chunk;
        if (done >= steps || !(open(a) | open(b) | open(c) | open(d) | open(e) | open(f) | open(g) | open(h))) break;
      }
    } else {
      for (let done: i32 = 0; ; ) {
        for (let i: i32 = 0; i < chunk; i++) {
          a = step(a, row);
          b = step(b, row);
          c = step(c, row);
          d = step(d, row);
          e = step(e, row);
          f = step(f, row);
          g = step(g, row);
          h = step(h, row);
        }
        done += chunk;
        if (done >= steps || !(open(a) | open(b) | open(c) | open(d) | open(e) | open(f) | open(g) | open(h))) break;
      }
    }
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 32), load<f64>(a));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 36), load<f64>(b));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 40), load<f64>(c));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 44), load<f64>(d));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 48), load<f64>(e));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 52), load<f64>(f));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 56), load<f64>(g));
    store<f64>(leavesAt + <usize>load<u32>(groupsAt, 60), load<f64>(h));
  }
  if (outputs == 1) {
    let sum: f64 = load<f64>(outAt);
    for (let t: i32 = 0; t < trees; t++) sum += load<f64>(leavesAt + ((<usize>t) << 3));
    store<f64>(outAt, sum);
    return;
  }
  for (let t: i32 = 0, output: i32 = 0; t < trees; t++) {
    const at: usize = outAt + ((<usize>output) << 3);
    store<f64>(at, load<f64>(at) + load<f64>(leavesAt + ((<usize>t) << 3)));
    output = output + 1 == outputs ? 0 : output + 1;
  }
}

/**
 * A block of rows, a multiple of eight, through all trees: tree by tree, so that a tree stays in the cache. A tree has its root, steps and
 * 1 when it is mixed (u32 each); rows lie `rowBytes` apart, their outputs follow one another.
 */
export function scoreBlock(
  treesAt: usize,
  trees: i32,
  rowsAt: usize,
  rowBytes: i32,
  rows: i32,
  outAt: usize,
  outputs: i32,
): void {
  const stride: usize = rowBytes;
  const outStride: usize = (<usize>outputs) << 3;
  for (let t: i32 = 0, output: i32 = 0; t < trees; t++, treesAt += 12) {
    const root: usize = load<u32>(treesAt);
    const steps: i32 = load<i32>(treesAt, 4);
    const chunk: i32 = steps > LONG ? CHUNK : steps;
    const mixed: bool = load<i32>(treesAt, 8) != 0;
    let row: usize = rowsAt;
    let out: usize = outAt + ((<usize>output) << 3);
    for (let i: i32 = 0; i < rows; i += 8) {
      const row1: usize = row + stride;
      const row2: usize = row1 + stride;
      const row3: usize = row2 + stride;
      const row4: usize = row3 + stride;
      const row5: usize = row4 + stride;
      const row6: usize = row5 + stride;
      const row7: usize = row6 + stride;
      let a: usize = root;
      let b: usize = root;
      let c: usize = root;
      let d: usize = root;
      let e: usize = root;
      let f: usize = root;
      let g: usize = root;
      let h: usize = root;
      if (mixed) {
        for (let done: i32 = 0; ; ) {
          for (let s: i32 = 0; s < chunk; s++) {
            a = mixedStep(a, row);
            b = mixedStep(b, row1);
            c = mixedStep(c, row2);
            d = mixedStep(d, row3);
            e = mixedStep(e, row4);
            f = mixedStep(f, row5);
            g = mixedStep(g, row6);
            h = mixedStep(h, row7);
          }
          done += chunk;
          if (done >= steps || !(open(a) | open(b) | open(c) | open(d) | open(e) | open(f) | open(g) | open(h))) break;
        }
      } else {
        for (let done: i32 = 0; ; ) {
          for (let s: i32 = 0; s < chunk; s++) {
            a = step(a, row);
            b = step(b, row1);
            c = step(c, row2);
            d = step(d, row3);
            e = step(e, row4);
            f = step(f, row5);
            g = step(g, row6);
            h = step(h, row7);
          }
          done += chunk;
          if (done >= steps || !(open(a) | open(b) | open(c) | open(d) | open(e) | open(f) | open(g) | open(h))) break;
        }
      }
      row = row7 + stride;
      out = put(out, a, outStride);
      out = put(out, b, outStride);
      out = put(out, c, outStride);
      out = put(out, d, outStride);
      out = put(out, e, outStride);
      out = put(out, f, outStride);
      out = put(out, g, outStride);
      out = put(out, h, outStride);
    }
    output = output + 1 == outputs ? 0 : output + 1;
  }
}

function put(out: usize, leaf: usize, stride: usize): usize {
  store<f64>(out, load<f64>(out) + load<f64>(leaf));
  return out + stride;
}
