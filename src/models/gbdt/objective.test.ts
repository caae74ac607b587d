import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../estimator.js';
import { matrixOf } from '../testing/examples.js';
import { type BinnedRows, binRows } from '../trees/binned-rows.js';
import { binaryObjective, type Objective, softmaxObjective, squaredObjective } from './objective.js';

/** The engine's gradients of given scores, and those of the objective itself. */
async function bothGradients(objective: Objective, data: TrainingData, scores: Float64Array) {
  const binned: BinnedRows = await binRows(data, [], 2, 1, { threads: 1 });
  const { arena, engine, memory } = binned;
  memory.f64.set(scores, arena.scoresAt >>> 3);
  const largest = objective.loss && engine.gradients(objective.loss);
  const computed = memory.f32.slice(arena.pairsAt >>> 2, (arena.pairsAt >>> 2) + 2 * scores.length);
  engine.close();
  const pairs = new Float32Array(2 * scores.length);
  return { computed: { largest, pairs: computed }, plain: { largest: objective.gradients(scores, data, 0, pairs), pairs } };
}

const score = fc.oneof(
  fc.double({ min: -30, max: 30, noNaN: true }),
  fc.constantFrom(0, -0, 705, -705, 800, -800, 5000, -5000),
);

describe('objectives', () => {
  it('have the same gradients in the kernels, to the bit, however large the scores', async () => {
    const rows = fc.array(fc.tuple(score, fc.constantFrom(0, 1), fc.constantFrom(0, 0.25, 1, 3)), {
      minLength: 1,
      maxLength: 33,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (drawn, weighted) => {
        const data: TrainingData = {
          matrix: { ...matrixOf([]), rows: drawn.length },
          target: Float64Array.from(drawn, ([, y]) => y),
          ...(weighted ? { weight: Float64Array.from(drawn, ([, , w]) => w) } : {}),
        };
        for (const objective of [binaryObjective, squaredObjective]) {
          const { computed, plain } = await bothGradients(
            objective,
            data,
            Float64Array.from(drawn, ([s]) => s),
          );
          expect(computed).toEqual(plain);
        }
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  it('are the derivatives of their losses', () => {
    const data: TrainingData = {
      matrix: { ...matrixOf([]), rows: 6 },
      target: Float64Array.of(0, 1, 2, 1, 0, 2),
      weight: Float64Array.of(1, 2, 1, 0.5, 3, 1),
    };
    const binary = { ...data, target: data.target.map((y) => Math.min(1, y)) };
    const total = 8.5;
    for (const [objective, rows, factor, curvature] of [
      [binaryObjective, binary, 1, 1],
      [squaredObjective, data, 2, 2],
      [softmaxObjective(3), data, 1, 2 / 3],
    ] as const) {
      const scores = Float64Array.from({ length: 6 * objective.outputs }, (_, i) => Math.sin(3 * i));
      for (let output = 0; output < objective.outputs; output++) {
        const pairs = new Float32Array(12);
        objective.gradients(scores, rows, output, pairs);
        for (let row = 0; row < 6; row++) {
          const at = row * objective.outputs + output;
          const loss = (by: number): number => objective.meanLoss(scores.with(at, scores[at] + by), rows) * total;
          expect((loss(1e-4) - loss(-1e-4)) / 2e-4).toBeCloseTo(factor * pairs[2 * row], 5);
          expect((loss(1e-3) - 2 * loss(0) + loss(-1e-3)) / 1e-6).toBeCloseTo(curvature * pairs[2 * row + 1], 4);
        }
      }
    }
  });

  it('start from the scores that fit all rows alike best', () => {
    const target = Float64Array.of(0, 0, 1, 2, 2, 2);
    const data: TrainingData = { matrix: { ...matrixOf([]), rows: 6 }, target };
    const start = softmaxObjective(3).start(data);
    const sum = start.reduce((total, value) => total + Math.exp(value), 0);
    expect([...start].map((value) => (Math.exp(value) / sum) * 6)).toEqual([2, 1, 3].map((count) => expect.closeTo(count, 10)));
    expect(squaredObjective.start(data)[0]).toBeCloseTo(7 / 6, 12);
    expect(1 / (1 + Math.exp(-binaryObjective.start({ ...data, target: Float64Array.of(0, 0, 1, 0, 0, 0) })[0]))).toBeCloseTo(
      1 / 6,
      12,
    );
  });
});
