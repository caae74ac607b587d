import { type ByteReader, type ByteWriter, corrupt } from '../bytes.js';
import type { Categories, Forest } from './forest.js';

const LEAF = 0;
const MISSING_LEFT = 1;
const MISSING_RIGHT = 2;
const CATEGORICAL = 3;

export function writeForest(writer: ByteWriter, forest: Forest): void {
  for (const categories of forest.features) {
    writer.u8(categories ? 1 : 0);
    if (categories) writer.u8(categories.other).u8s(categories.binOf);
  }
  const { roots, slot, threshold, left, value, cover, sets } = forest;
  writer.u32(roots.length - 1);
  for (let t = 0; t + 1 < roots.length; t++) {
    writer.varint(roots[t + 1] - roots[t]);
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      if (left[i] === i) {
        writer.u8(LEAF).varint(cover[i]).f64(value[i]);
        continue;
      }
      const kind = slot[i] < 0 ? CATEGORICAL : slot[i] % 2 === 0 ? MISSING_LEFT : MISSING_RIGHT;
      writer
        .u8(kind)
        .varint(cover[i])
        .varint(left[i] - i)
        .varint(kind === CATEGORICAL ? -1 - slot[i] : slot[i] >> 1);
      if (kind === CATEGORICAL) for (let word = 0; word < 8; word++) writer.u32(sets[threshold[i] * 8 + word]);
      else writer.f64(threshold[i]);
    }
  }
}

/** @throws MW_MODEL_CORRUPT unless every tree is a tree over `inputs` features */
export function readForest(reader: ByteReader, inputs: number): Forest {
  const features: Categories[] = [];
  for (let j = 0; j < inputs; j++) {
    const kind = reader.u8();
    if (kind > 1) corrupt('They name no kind of feature');
    features.push(kind === 1 ? { other: reader.u8(), binOf: reader.u8s() } : null);
  }
  const nodes: Nodes = { slot: [], threshold: [], left: [], value: [], cover: [], sets: [] };
  const roots = [0];
  for (let trees = reader.u32(); trees > 0; trees--) {
    readTree(reader, features, nodes);
    roots.push(nodes.left.length);
  }
  reader.finish();
  return {
    features,
    roots: Int32Array.from(roots),
    slot: Int32Array.from(nodes.slot),
    threshold: Float64Array.from(nodes.threshold),
    left: Int32Array.from(nodes.left),
    value: Float64Array.from(nodes.value),
    cover: Uint32Array.from(nodes.cover),
    sets: Uint32Array.from(nodes.sets),
  };
}

interface Nodes {
  readonly slot: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly value: number[];
  readonly cover: number[];
  readonly sets: number[];
}

function readTree(reader: ByteReader, features: readonly Categories[], nodes: Nodes): void {
  const base = nodes.left.length;
  const count = reader.varint();
  if (count === 0) corrupt('A tree in them is empty');
  // Nodes that a parent named so far: children come in pairs, each pair after its parent and named once.
  const named = new Set<number>([0]);
  for (let i = 0; i < count; i++) {
    const kind = reader.u8();
    if (!named.has(i)) corrupt('A node in them has no parent');
    nodes.cover.push(reader.varint());
    if (kind === LEAF) {
      nodes.left.push(base + i);
      nodes.slot.push(0);
      nodes.threshold.push(Infinity);
      nodes.value.push(reader.finite());
      continue;
    }
    const child = i + reader.varint();
    const feature = reader.varint();
    if (kind > CATEGORICAL || child <= i || child + 1 >= count || named.has(child) || named.has(child + 1))
      corrupt('A tree in them is not a tree');
    if (feature >= features.length || (features[feature] !== null) !== (kind === CATEGORICAL))
      corrupt('A split in them is on no feature of its kind');
    named.add(child).add(child + 1);
    nodes.left.push(base + child);
    nodes.value.push(0);
    if (kind === CATEGORICAL) {
      nodes.slot.push(-1 - feature);
      nodes.threshold.push(nodes.sets.length / 8);
      for (let word = 0; word < 8; word++) nodes.sets.push(reader.u32());
    } else {
      nodes.slot.push(2 * feature + (kind === MISSING_RIGHT ? 1 : 0));
      nodes.threshold.push(reader.finite());
    }
  }
}
