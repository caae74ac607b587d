import type { Matrix, Model } from '../estimator.js';
import { LinearModel } from '../linear/linear-model.js';
import { ForestModel } from '../trees/forest-model.js';
import { floorFloat } from './float32.js';
import { treeModel } from './tree-model.js';

/**
 * What a model predicts where inputs, thresholds, leaves and weights are float32: with the thresholds of an ONNX file, on inputs that
 * were rounded on the way into it. Sums are rounded once at their end; runtimes add in an order of their own.
 */
export function predictInFloat32(model: Model, matrix: Matrix): Float64Array {
  const rounded = {
    ...matrix,
    columns: matrix.columns.map((column) => column.map(Math.fround)),
    ...(matrix.sparse
      ? { sparse: matrix.sparse.map((column) => column && { ...column, values: column.values.map(Math.fround) }) }
      : {}),
  };
  return twin(model).predict(rounded).map(Math.fround);
}

function twin(model: Model): Model {
  if (model instanceof LinearModel) return new LinearModel({ ...model, weights: model.weights.map(Math.fround), version: 1 });
  const trees = treeModel(model, 'This export');
  const { forest, start } = trees;
  const threshold = forest.threshold.map((value, i) =>
    forest.left[i] === i || forest.slot[i] < 0 || value === Number.MAX_VALUE
      ? value
      : Math.max(-Number.MAX_VALUE, floorFloat(value)),
  );
  return new ForestModel({
    ...trees,
    version: 1,
    start: start.map(Math.fround),
    forest: { ...forest, threshold, value: forest.value.map(Math.fround) },
    gain: new Float64Array(model.inputs),
  });
}
