import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../base/options.js';
import { random } from '../../../base/random.js';
import type { Task, TrainingData } from '../../estimator.js';
import { contextOf, matrixOf } from '../../testing/examples.js';
import { binRows } from '../../trees/binned-rows.js';
import { gbdt } from '../estimator.js';
import type { Objective } from '../objective.js';
import { gbdtOptions } from '../options.js';
import { OBJECTIVES, objectiveFor } from './catalogue.js';
import { type ObjectiveName, tasksOf } from './names.js';

const CLASSES = 3;
const PARAMS = { alpha: 0.3, huberDelta: 0.8, tweediePower: 1.4, truncation: 2 };
const names = Object.keys(OBJECTIVES) as ObjectiveName[];

interface Case {
  readonly name: ObjectiveName;
  readonly task: Task;
  readonly objective: Objective;
}
const cases: readonly Case[] = names.map((name) => ({
  name,
  task: tasksOf(name)[0],
  objective: OBJECTIVES[name](PARAMS, CLASSES),
}));

/** Queries of a few rows, each with one weight from 0 to 3, whose targets suit any objective of the task; and scores between kinks. */
const drawn = (task: Task) =>
  fc
    .array(
      fc.record({
        weight: fc.nat({ max: 3 }),
        rows: fc.array(
          fc.record({
            target: fc.nat({ max: task === 'binary' ? 1 : task === 'multiclass' ? CLASSES - 1 : 4 }),
            scores: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: CLASSES, maxLength: CLASSES }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .filter((queries) => queries.some(({ weight }) => weight > 0));
type Drawn = ReturnType<typeof drawn> extends fc.Arbitrary<infer D> ? D : never;

function dataOf(queries: Drawn, weighted = true): TrainingData {
  const rows = queries.flatMap((query) => query.rows.map(({ target }) => ({ target, weight: query.weight })));
  return {
    matrix: { ...matrixOf([]), rows: rows.length },
    target: Float64Array.from(rows, ({ target }) => target),
    ...(weighted ? { weight: Float64Array.from(rows, ({ weight }) => weight) } : {}),
    group: Uint32Array.from(queries, (query) => query.rows.length),
  };
}

/** Scores with offsets that keep them off the kinks at whole targets and off ties. */
const scoresOf = (queries: Drawn, outputs: number): Float64Array =>
  Float64Array.from(
    queries.flatMap(({ rows }) => rows.flatMap(({ scores }) => scores.slice(0, outputs))),
    (score, i) => Math.round(score * 50) / 50 + 0.0071 + i * 1e-5,
  );

const totalWeight = ({ weight, target }: TrainingData): number =>
  (weight ?? target.map(() => 1)).reduce((sum, w) => sum + w, 0);

/**
 * The loss that the gradients at these scores belong to, summed over the rows. NDCG has no derivative: LambdaRank's gradients are those of
 * a logistic loss a pair, whose weights are what they are at these scores.
 */
function summedLoss({ name, objective }: Case, data: TrainingData, at: Float64Array): (scores: Float64Array) => number {
  if (name !== 'lambdarank') {
    const factor = name === 'squared' ? 0.5 : 1;
    return (scores) => factor * totalWeight(data) * objective.meanLoss(scores, data);
  }
  const pairs: { high: number; low: number; weight: number }[] = [];
  let from = 0;
  for (const size of data.group ?? []) {
    const rows = Array.from({ length: size }, (_, k) => from + k);
    from += size;
    const gain = (row: number): number => 2 ** data.target[row] - 1;
    const place = (row: number): number => rows.filter((other) => at[other] > at[row]).length;
    const discount = (k: number): number => 1 / Math.log2(2 + k);
    const ideal = rows
      .map(gain)
      .sort((a, b) => b - a)
      .slice(0, PARAMS.truncation)
      .reduce((sum, one, k) => sum + one * discount(k), 0);
    if (ideal === 0) continue;
    const own: typeof pairs = [];
    for (const high of rows)
      for (const low of rows) {
        if (data.target[high] <= data.target[low] || Math.min(place(high), place(low)) >= PARAMS.truncation) continue;
        const swap = ((gain(high) - gain(low)) * Math.abs(discount(place(high)) - discount(place(low)))) / ideal;
        own.push({ high, low, weight: swap / (0.01 + Math.abs(at[high] - at[low])) });
      }
    const sum = own.reduce((total, { high, low, weight }) => total + (2 * weight) / (1 + Math.exp(at[high] - at[low])), 0);
    const w = data.weight?.[rows[0]] ?? 1;
    for (const pair of own) pairs.push({ ...pair, weight: (w * pair.weight * Math.log2(1 + sum)) / sum });
  }
  return (scores) =>
    pairs.reduce((total, { high, low, weight }) => total + weight * Math.log1p(Math.exp(scores[low] - scores[high])), 0);
}

function gradientsOf(objective: Objective, data: TrainingData, scores: Float64Array, output: number) {
  const pairs = new Float32Array(2 * data.target.length);
  const largest = objective.gradients(objective.prepare?.(scores, data) ?? scores, data, output, pairs);
  return { largest, pairs };
}

/** The constant that each objective predicts of targets 0, 0, 1, 1, 1 and so on, by its definition. */
const CONSTANTS: Readonly<Record<ObjectiveName, readonly [readonly number[], readonly number[]]>> = {
  binary: [[0, 1, 1, 1], [0.75]],
  softmax: [
    [0, 1, 1, 2, 2, 2],
    [1 / 6, 2 / 6, 3 / 6],
  ],
  squared: [[1, 2, 6], [3]],
  absolute: [[1, 2, 60], [2]],
  huber: [[0, 1, 1, 100], [1]],
  quantile: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [3]],
  poisson: [[0, 0, 1, 7], [2]],
  tweedie: [[0, 0, 0.5, 7.5], [2]],
  lambdarank: [[0, 1, 2], [0]],
};

describe.each(cases)('objective $name', (one) => {
  const { name, task, objective } = one;
  const some = drawn(task);

  it('has the derivative of its loss for a gradient, and a hessian that is never negative', () => {
    fc.assert(
      fc.property(some, (queries) => {
        const data = dataOf(queries);
        const scores = scoresOf(queries, objective.outputs);
        const loss = summedLoss(one, data, scores);
        for (let output = 0; output < objective.outputs; output++) {
          const { pairs, largest } = gradientsOf(objective, data, scores, output);
          let most = 0;
          for (let row = 0; row < data.target.length; row++) {
            const at = row * objective.outputs + output;
            const slope = (loss(scores.with(at, scores[at] + 1e-6)) - loss(scores.with(at, scores[at] - 1e-6))) / 2e-6;
            expect(pairs[2 * row]).toBeCloseTo(slope, 4);
            expect(pairs[2 * row + 1]).toBeGreaterThanOrEqual(0);
            most = Math.max(most, Math.abs(pairs[2 * row]));
          }
          expect(largest.gradient).toBe(most);
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('starts from the constant that has the least loss', () => {
    fc.assert(
      fc.property(some, (queries) => {
        const data = dataOf(queries);
        const start = objective.start(data);
        const all = (change: number, output: number): Float64Array =>
          Float64Array.from(
            { length: data.target.length * start.length },
            (_, i) => start[i % start.length] + (i % start.length === output ? change : 0),
          );
        const least = objective.meanLoss(all(0, 0), data);
        // The best score of a class without rows, or of zeros alone, would be infinite; the start stays at a finite one.
        const seen = new Set(data.target.filter((_, i) => data.weight?.[i]));
        const finite = task === 'regression' ? Math.max(...seen) > 0 : seen.size === Math.max(2, objective.outputs);
        for (let output = 0; output < start.length; output++)
          for (const change of [-2, -0.1, -1e-3, 1e-3, 0.1, 2])
            expect(objective.meanLoss(all(change, output), data)).toBeGreaterThanOrEqual(least - (finite ? 1e-12 : 1e-5));
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  it('has the link that makes its start what it stands for', async () => {
    const [targets, expected] = CONSTANTS[name];
    const target = Float64Array.from(targets);
    const data = { matrix: matrixOf([target.map(() => 1)]), target, group: Uint32Array.of(target.length) };
    const model = await gbdt.fit(data, { ...PARAMS, objective: name }, contextOf(task));
    const out = new Float64Array(model.outputs);
    model.predictRow(Float64Array.of(1), out);
    expect([...out]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  it('takes a weight of n like n repetitions', () => {
    fc.assert(
      fc.property(some, (queries) => {
        const repeated = queries.flatMap((query) => Array.from({ length: query.weight }, () => query));
        const [weighted, counted] = [dataOf(queries), dataOf(repeated, false)];
        expect([...objective.start(weighted)]).toEqual([...objective.start(counted)].map((value) => expect.closeTo(value, 9)));
        const scores = [queries, repeated].map((given) =>
          // Equal rows need equal scores, so no offsets here.
          Float64Array.from(given.flatMap(({ rows }) => rows.flatMap((row) => row.scores.slice(0, objective.outputs)))),
        );
        expect(objective.meanLoss(scores[0], weighted)).toBeCloseTo(objective.meanLoss(scores[1], counted), 9);
        const sums = [weighted, counted].map((data, k) => {
          const { pairs } = gradientsOf(objective, data, scores[k], 0);
          return [0, 1].map((part) => pairs.reduce((sum, value, i) => sum + (i % 2 === part ? Math.abs(value) : 0), 0));
        });
        for (const part of [0, 1]) expect(sums[0][part]).toBeCloseTo(sums[1][part], 3);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  it('leaves rows and scores as they are', () => {
    fc.assert(
      fc.property(some, (queries) => {
        const data = dataOf(queries);
        const scores = scoresOf(queries, objective.outputs);
        const before = structuredClone({ data, scores });
        objective.check?.(data);
        objective.start(data);
        objective.meanLoss(scores, data);
        for (let output = 0; output < objective.outputs; output++) gradientsOf(objective, data, scores, output);
        expect({ data, scores }).toEqual(before);
      }),
      { seed: 6, numRuns: 20 },
    );
  });

  it('is refused for problems it does not fit', () => {
    const params = resolveOptions('gbdt', gbdtOptions, { objective: name });
    for (const other of ['binary', 'multiclass', 'regression'] as const)
      if (other !== task)
        expect(() => objectiveFor(params, contextOf(other))).toThrow(expect.objectContaining({ code: 'MW_MODEL_OBJECTIVE' }));
    expect(objectiveFor(params, contextOf(task)).objective.link).toBe(objective.link);
  });

  const { loss } = objective;
  if (!loss) return;
  it('has the same gradients in the kernels, to the bit, however large the scores', async () => {
    const score = fc.oneof(
      fc.double({ min: -30, max: 30, noNaN: true }),
      fc.constantFrom(0, -0, 705, -705, 800, -800, 5000, -5000),
    );
    const rows = fc.array(
      fc.tuple(
        fc.array(score, { minLength: objective.outputs, maxLength: objective.outputs }),
        fc.nat({ max: task === 'multiclass' ? CLASSES - 1 : 1 }),
        fc.constantFrom(0, 0.25, 1, 3),
      ),
      { minLength: 1, maxLength: 33 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (given, weighted) => {
        const data: TrainingData = {
          matrix: { ...matrixOf([]), rows: given.length },
          target: Float64Array.from(given, ([, y]) => y),
          ...(weighted ? { weight: Float64Array.from(given, ([, , w]) => w) } : {}),
        };
        const scores = Float64Array.from(given.flatMap(([s]) => s));
        const { arena, engine, memory } = await binRows(data, [], 2, objective.outputs, { threads: 1 }, true);
        memory.f64.set(scores, arena.scoresAt >>> 3);
        expect(engine.prepare(loss)).toBe(true);
        for (let output = 0; output < objective.outputs; output++) {
          const largest = engine.gradients(loss, output);
          const pairs = memory.f32.slice(arena.pairsAt >>> 2, (arena.pairsAt >>> 2) + 2 * given.length);
          expect({ largest, pairs }).toEqual(gradientsOf(objective, data, scores, output));
        }
        engine.close();
      }),
      { seed: 12, numRuns: 100 },
    );
  });
});

it('probabilities of any number of classes are the same in the kernels, to the bit', async () => {
  const source = random(4);
  for (const classes of [2, 3, 4, 5, 8, 17]) {
    const rows = 40;
    const data: TrainingData = {
      matrix: { ...matrixOf([]), rows },
      target: Float64Array.from({ length: rows }, () => source.below(classes)),
      weight: Float64Array.from({ length: rows }, () => source.below(3) / 2),
    };
    const objective = OBJECTIVES.softmax(PARAMS, classes);
    const scores = Float64Array.from({ length: rows * classes }, () => source.normal() * [1, 30, 800][source.below(3)]);
    const { arena, engine, memory } = await binRows(data, [], 2, classes, { threads: 1 }, true);
    memory.f64.set(scores, arena.scoresAt >>> 3);
    engine.prepare('softmax');
    for (let output = 0; output < classes; output++) {
      const largest = engine.gradients('softmax', output);
      const pairs = memory.f32.slice(arena.pairsAt >>> 2, (arena.pairsAt >>> 2) + 2 * rows);
      expect({ largest, pairs }).toEqual(gradientsOf(objective, data, scores, output));
    }
    engine.close();
  }
});
