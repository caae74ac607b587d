import type { Random } from '../../src/base/random.js';
import type { Task } from '../../src/define/plan.js';
import type { LabelledScores } from '../../src/monitor/outcome-metrics.js';

/** A kind of labelled traffic that never changes: what is true of it on very many rows is the truth about every window. */
export interface QualityWorld {
  readonly name: string;
  readonly task: Task;
  readonly outputs: number;
  /** One row: its label; the scores are written to `scores` from `at` on. */
  readonly draw: (source: Random, scores: Float64Array, at: number) => number;
  /** Score from which a binary row is decided positive. */
  readonly threshold: number;
}

const share = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Scores on a normal scale around `mean`; what is said is true when `tilt` is 1 and `shift` 0. */
const binary = (name: string, mean: number, threshold: number, tilt = 1, shift = 0): QualityWorld => ({
  name,
  task: 'binary',
  outputs: 1,
  threshold,
  draw(source, scores, at) {
    const logit = mean + 1.5 * source.normal();
    scores[at] = share(tilt * logit + shift);
    return Number(source.next() < share(logit));
  },
});

const regression = (name: string, draw: (source: Random) => readonly [truth: number, said: number]): QualityWorld => ({
  name,
  task: 'regression',
  outputs: 1,
  threshold: 0,
  draw(source, scores, at) {
    const [truth, said] = draw(source);
    scores[at] = said;
    return truth;
  },
});

/** Three classes of very different shares, or of about the same. */
const classes = (name: string, offsets: readonly number[]): QualityWorld => ({
  name,
  task: 'multiclass',
  outputs: offsets.length,
  threshold: 0,
  draw(source, scores, at) {
    let all = 0;
    offsets.forEach((offset, k) => {
      scores[at + k] = Math.exp(offset + 1.2 * source.normal());
      all += scores[at + k];
    });
    for (let k = 0; k < offsets.length; k++) scores[at + k] /= all;
    let left = source.next();
    for (let k = 0; k < offsets.length - 1; k++) {
      left -= scores[at + k];
      if (left < 0) return k;
    }
    return offsets.length - 1;
  },
});

export const QUALITY_WORLDS: readonly QualityWorld[] = [
  binary('half positive', 0, 0.5),
  binary('a tenth positive', -3, 0.3),
  binary('a tenth positive, hardly ever decided so', -3, 0.6),
  binary('overconfident', -0.5, 0.5, 1.6, 0.3),
  classes('three classes alike', [0, 0, 0]),
  classes('three classes, one rare', [1, 0, -1.2]),
  regression('normal errors', (source) => {
    const x = 20 + 3 * source.normal();
    return [x, x + source.normal()];
  }),
  regression('skewed target and errors', (source) => {
    const x = Math.exp(0.8 * source.normal());
    return [x, x * Math.exp(0.5 * source.normal())];
  }),
];

/** So many rows of a world. */
export function labelledRows(world: QualityWorld, rows: number, source: Random): LabelledScores {
  const { outputs, task, threshold } = world;
  const scores = new Float64Array(rows * outputs);
  const labels = new Float64Array(rows);
  const decided = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    labels[i] = world.draw(source, scores, i * outputs);
    if (task === 'binary') decided[i] = scores[i] >= threshold ? 1 : 0;
    else if (task === 'regression') decided[i] = -1;
    else for (let k = 1; k < outputs; k++) if (scores[i * outputs + k] > scores[i * outputs + decided[i]]) decided[i] = k;
  }
  return { rows, outputs, scores, labels, decided };
}
