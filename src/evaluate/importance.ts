import { random, shuffle } from '../base/random.js';
import { takeColumn } from '../frame/column.js';
import { columnOf, type Frame, takeRows, withColumns } from '../frame/frame.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { metricOf } from '../stats/metrics/catalogue.js';

/** How much worse the metric gets when a feature's values are shuffled among the rows (Breiman, 2001): mean and spread over repeats. */
export interface Importance {
  readonly feature: string;
  readonly drop: number;
  readonly deviation: number;
  /** Share of the model's own importance (gain, absolute weight) that falls to the feature; null where the algorithm has none. */
  readonly gain: number | null;
  /** Share of the model's splits that are on the feature; null where it has none. */
  readonly splits: number | null;
}

export interface ImportanceInput {
  readonly pipeline: Pipeline;
  readonly table: Frame;
  readonly target: Float64Array;
  readonly metric: string;
  readonly seed: number;
  /** Most rows to look at; drawn when there are more. */
  readonly rows?: number;
  readonly repeats?: number;
}

/** Permutation importance of every feature of the pipeline, largest first. */
export function permutationImportance(input: ImportanceInput): Importance[] {
  const { pipeline, seed, rows = 2000, repeats = 2 } = input;
  const metric = metricOf(input.metric);
  const source = random(seed).fork('importance');
  let { table, target } = input;
  if (table.rows > rows) {
    const drawn = shuffle(
      Int32Array.from({ length: table.rows }, (_, i) => i),
      source.fork('rows'),
    )
      .slice(0, rows)
      .sort();
    table = takeRows(table, drawn);
    target = Float64Array.from(drawn, (row) => input.target[row] as number);
  }
  const score = (of: Frame) =>
    metric.compute({
      task: pipeline.task,
      outputs: pipeline.model.outputs,
      predictions: pipeline.predict(of),
      target,
      threshold: pipeline.threshold,
    });
  const whole = score(table);
  const gains = featureShares(pipeline, pipeline.model.importances?.());
  const splits = featureShares(pipeline, pipeline.model.splitCounts?.());
  return pipeline.features
    .map(({ name }) => {
      const drops: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        const order = shuffle(
          Int32Array.from({ length: table.rows }, (_, i) => i),
          source.fork(`${name} ${repeat}`),
        );
        const value = score(withColumns(table, { [name]: takeColumn(columnOf(table, name), order) }));
        drops.push(metric.better === 'higher' ? whole - value : value - whole);
      }
      const drop = drops.reduce((sum, each) => sum + each, 0) / repeats;
      return {
        feature: name,
        gain: gains?.get(name) ?? null,
        splits: splits?.get(name) ?? null,
        drop,
        deviation: Math.sqrt(drops.reduce((sum, each) => sum + (each - drop) ** 2, 0) / repeats),
      };
    })
    .sort((a, b) => b.drop - a.drop);
}

/** A number an input of the model, summed back to the features that the inputs were encoded from, as shares. */
export function featureShares(
  { encoder, features }: Pipeline,
  own: Float64Array | undefined,
): ReadonlyMap<string, number> | null {
  if (!own) return null;
  const total = own.reduce((sum, each) => sum + each, 0);
  const shares = new Map(features.map(({ name }) => [name, 0]));
  own.forEach((importance, output) => {
    const name = features[encoder.sources?.[output] ?? output]?.name;
    if (name !== undefined && total > 0) shares.set(name, (shares.get(name) as number) + importance / total);
  });
  return shares;
}
