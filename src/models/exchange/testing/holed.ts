import { random } from '../../../base/random.js';
import { estimatorOf } from '../../catalogue.js';
import type { Model, Task, TrainingData } from '../../estimator.js';
import { contextOf, learnable, matrixOf } from '../../testing/examples.js';

/** A learnable table of float32 numbers in which every feature also goes missing, and categories that are never in training. */
export function holed(name: string, task: Task, rows: number, seed: number, codes: number): TrainingData {
  const data = learnable(estimatorOf(name), task, rows, seed);
  const source = random(seed).fork('holes');
  const columns = data.matrix.columns.map((column, j) =>
    column.map((value) =>
      source.below(8) === 0 ? Number.NaN : j === 3 && source.below(5) === 0 ? source.below(codes) : Math.fround(value),
    ),
  );
  return { ...data, matrix: matrixOf(columns, [0, 0, 0, 40]) };
}

const SMALL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  gbdt: { rounds: 12, minCategoryRows: 20 },
  forest: { trees: 8 },
  extraTrees: { trees: 8 },
};

/** A small model of that table. */
export const fitted = (name: string, task: Task): Promise<Model> =>
  estimatorOf(name).fit(holed(name, task, 600, 5, 6), SMALL[name] ?? {}, contextOf(task));
