import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { loadModel } from '../catalogue.js';
import type { ImportedForestModel } from './imported-forest.js';
import { type ImportedForest, LEAF, leafOf } from './imported-trees.js';
import { readModelFile } from './read-model-file.js';
import { lightgbmText } from './testing/model-files.js';

/** The sums of the leaves of a row when only the inputs in `known` are: at other splits both sides, by the rows that went there in training. */
function expected({ parts }: ImportedForestModel, row: Float64Array, known: number): Float64Array {
  const { forest, divisor, start, steepness, link } = parts;
  const sums = start.slice();
  const visit = (tree: number, node: number): number => {
    if (forest.feature[node] === LEAF) return forest.value[node];
    const left = forest.left[node];
    if ((known >> forest.feature[node]) & 1) return visit(tree, nextOf(forest, node, row));
    // XGBoost's counts are sums of floats: those of the sides do not quite add up to that of the split.
    const [a, b] = [forest.cover[left], forest.cover[left + 1]].map((cover) => cover / forest.cover[node]);
    return a * visit(tree, left) + b * visit(tree, left + 1);
  };
  forest.output.forEach((output, tree) => {
    sums[output] += visit(tree, forest.roots[tree]);
  });
  const factor = (link === 'sigmoid' || link === 'sigmoids' ? steepness : 1) / divisor;
  return sums.map((sum) => sum * factor);
}

/** The child of a split that a row goes to, by the plain walk of a tree that has this split alone. */
function nextOf(forest: ImportedForest, node: number, row: Float64Array): number {
  const left = forest.left[node];
  const alone = {
    ...forest,
    feature: forest.feature.map((j, i) => (i === node ? j : LEAF)),
  };
  return leafOf(alone, node, row) === left ? left : left + 1;
}

/** Shapley values by their definition, outputs x inputs. */
function byForce(model: ImportedForestModel, row: Float64Array): Float64Array {
  const n = model.inputs;
  const worth = Array.from({ length: 2 ** n }, (_, known) => expected(model, row, known));
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const out = new Float64Array(n * model.outputs);
  for (let j = 0; j < n; j++)
    for (let known = 0; known < 2 ** n; known++) {
      if ((known >> j) & 1) continue;
      const size = [...known.toString(2)].filter((bit) => bit === '1').length;
      const weight = (factorial(size) * factorial(n - size - 1)) / factorial(n);
      for (let k = 0; k < model.outputs; k++) out[k * n + j] += weight * (worth[known | (1 << j)][k] - worth[known][k]);
    }
  return out;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Zero is missing at the splits of a; b is split by categories. */
const zeros = lightgbmText({ objective: 'binary sigmoid:0.7' }, [
  `num_leaves=3
num_cat=1
split_feature=1 0
split_gain=5 2.5
threshold=0 0.5
decision_type=1 6
left_child=1 -1
right_child=-2 -3
leaf_value=1 -2 4
leaf_count=10 30 20
internal_value=0 0
internal_count=60 30
cat_boundaries=0 1
cat_threshold=6`,
]);

const folder = join(import.meta.dirname, 'testing/files');
const files = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));

describe('contributions of an imported model', () => {
  const models: (readonly [string, () => Uint8Array])[] = [
    ['zero as missing', () => encode(zeros)],
    ...files.map((name) => [name, () => new Uint8Array(readFileSync(join(folder, name)))] as const),
  ];

  it.each(models)('are the Shapley values, enumerated: %s', (_, bytes) => {
    const { model } = readModelFile(bytes());
    const source = random(3);
    const explainer = model.explainer?.();
    if (!explainer) throw new Error('It has no explainer.');
    const found = new Float64Array(model.inputs * model.outputs);
    const margins = new Float64Array(model.outputs);
    const sums = new Float64Array(model.outputs);
    for (let i = 0; i < 6; i++) {
      const row = Float64Array.from(
        { length: model.inputs },
        () => [Number.NaN, 0, source.below(4), source.normal(), 3 * source.normal()][source.below(5)],
      );
      explainer.explainRow(row, found, margins);
      byForce(model, row).forEach((value, at) => expect(found[at]).toBeCloseTo(value, 9));
      expected(model, row, 0).forEach((value, k) => expect(explainer.base[k]).toBeCloseTo(value, 9));
      // What it sums to is what the model sums, but for sums in float32.
      model.predictScores(row, sums);
      const { steepness, link } = model.parts;
      const factor = link === 'sigmoid' || link === 'sigmoids' ? steepness : 1;
      sums.forEach((sum, k) => expect(margins[k]).toBeCloseTo(sum * factor, 4));
    }
  });

  it('come from stored bytes as from the file, and so do importances', () => {
    const { model } = readModelFile(encode(zeros));
    const again = loadModel(model.serialize()) as ImportedForestModel;
    expect(again.parts.forest.cover).toEqual(Float64Array.of(60, 30, 30, 10, 20));
    expect(again.importances()).toEqual(Float64Array.of(2.5, 5));
    expect(again.splitCounts()).toEqual(Float64Array.of(1, 1));
    const [a, b] = [model, again].map((one) => {
      const found = new Float64Array(2);
      one.explainer?.().explainRow(Float64Array.of(1, 2), found, new Float64Array(1));
      return found;
    });
    expect(a).toEqual(b);
  });

  it('are not given where the file does not tell what reached the nodes', () => {
    const without = zeros.replace(/internal_count=.*\n/, '');
    expect(readModelFile(encode(without)).model.explainer).toBe(undefined);
  });
});
