import type { MatrixFeature } from '../../estimator.js';
import type { Forest } from '../../trees/forest.js';
import { codeSplit } from '../code-split.js';
import { floorFloat } from '../float32.js';
import { type GraphNode, ML } from './graph.js';

/** A code that no feature has, for a split that sends everything the same way. */
const NO_CODE = -1;

/**
 * Trees as a TreeEnsembleRegressor of ai.onnx.ml 3, which adds their leaves in float32. Thresholds are rounded down, so that every
 * float32 input goes the same way. A set of categories becomes a chain of splits, one a code, whose true branches are one node, as
 * runtimes know it from LightGBM's converters.
 * @param features the inputs of the trees, in order
 */
export function treeEnsemble(
  forest: Forest,
  start: Float64Array,
  features: readonly MatrixFeature[],
  output: string,
): GraphNode {
  const rows = new Ensemble();
  for (let t = 0; t + 1 < forest.roots.length; t++) addTree(rows, forest, t, t % start.length, features);
  return {
    op: 'TreeEnsembleRegressor',
    domain: ML,
    inputs: ['inputs'],
    output,
    attributes: {
      n_targets: { kind: 'int', value: start.length },
      aggregate_function: { kind: 'text', value: 'SUM' },
      post_transform: { kind: 'text', value: 'NONE' },
      base_values: { kind: 'floats', values: start },
      nodes_treeids: { kind: 'ints', values: rows.tree },
      nodes_nodeids: { kind: 'ints', values: rows.node },
      nodes_featureids: { kind: 'ints', values: rows.feature },
      nodes_values: { kind: 'floats', values: rows.value },
      nodes_modes: { kind: 'texts', values: rows.mode },
      nodes_truenodeids: { kind: 'ints', values: rows.whenTrue },
      nodes_falsenodeids: { kind: 'ints', values: rows.whenFalse },
      nodes_missing_value_tracks_true: { kind: 'ints', values: rows.missingTrue },
      target_treeids: { kind: 'ints', values: rows.leafTree },
      target_nodeids: { kind: 'ints', values: rows.leafNode },
      target_ids: { kind: 'ints', values: rows.leafTarget },
      target_weights: { kind: 'floats', values: rows.leafWeight },
    },
  };
}

type Mode = 'LEAF' | 'BRANCH_LEQ' | 'BRANCH_EQ';

/** The lists that describe nodes and leaves, in step. */
class Ensemble {
  readonly tree: number[] = [];
  readonly node: number[] = [];
  readonly feature: number[] = [];
  readonly value: number[] = [];
  readonly mode: Mode[] = [];
  readonly whenTrue: number[] = [];
  readonly whenFalse: number[] = [];
  readonly missingTrue: number[] = [];
  readonly leafTree: number[] = [];
  readonly leafNode: number[] = [];
  readonly leafTarget: number[] = [];
  readonly leafWeight: number[] = [];

  leaf(tree: number, node: number, target: number, weight: number): void {
    this.#push(tree, node, 0, 0, 'LEAF', 0, 0, 0);
    this.leafTree.push(tree);
    this.leafNode.push(node);
    this.leafTarget.push(target);
    this.leafWeight.push(weight);
  }

  split(
    tree: number,
    node: number,
    feature: number,
    mode: Mode,
    value: number,
    to: readonly [number, number],
    missingTrue: boolean,
  ) {
    this.#push(tree, node, feature, value, mode, to[0], to[1], Number(missingTrue));
  }

  #push(
    tree: number,
    node: number,
    feature: number,
    value: number,
    mode: Mode,
    yes: number,
    no: number,
    missing: number,
  ): void {
    this.tree.push(tree);
    this.node.push(node);
    this.feature.push(feature);
    this.value.push(value);
    this.mode.push(mode);
    this.whenTrue.push(yes);
    this.whenFalse.push(no);
    this.missingTrue.push(missing);
  }
}

function addTree(rows: Ensemble, forest: Forest, t: number, target: number, features: readonly MatrixFeature[]): void {
  const { roots, slot, threshold, left, value } = forest;
  const from = roots[t];
  /** Numbers of the further splits of chains come after those of the tree. */
  let fresh = roots[t + 1] - from;
  for (let i = from; i < roots[t + 1]; i++) {
    const node = i - from;
    const child = left[i] - from;
    if (left[i] === i) rows.leaf(t, node, target, value[i]);
    else if (slot[i] >= 0) {
      // Infinity goes left where everything does.
      const bound = threshold[i] === Number.MAX_VALUE ? Infinity : floorFloat(threshold[i]);
      rows.split(t, node, slot[i] >> 1, 'BRANCH_LEQ', bound, [child, child + 1], slot[i] % 2 === 0);
    } else {
      const feature = -1 - slot[i];
      const split = codeSplit(forest, i, features[feature].categories);
      // Codes that go elsewhere than all unknown ones end the chain, and so do missing values where they do.
      const codes = Array.from(split.left.keys()).filter((code) => (split.left[code] === 1) !== split.otherLeft);
      const [there, otherwise] = split.otherLeft ? [child + 1, child] : [child, child + 1];
      // A split of its own for missing values: onnxruntime has been seen to lose the mark of a chain.
      const missing = split.missingLeft !== split.otherLeft;
      const steps = missing ? [null, ...codes] : codes.length > 0 ? codes : [NO_CODE];
      steps.forEach((code, k) => {
        const at = k === 0 ? node : fresh++;
        const next = k + 1 < steps.length ? fresh : otherwise;
        if (code === null) rows.split(t, at, feature, 'BRANCH_LEQ', Infinity, [next, there], false);
        else rows.split(t, at, feature, 'BRANCH_EQ', code, [there, next], false);
      });
    }
  }
}
