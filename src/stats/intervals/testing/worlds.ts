import type { Random } from '../../../base/random.js';
import { exp, log, sigmoid } from '../../../kernels/math.js';
import { metricsFor } from '../../metrics/catalogue.js';
import type { MetricInput } from '../../metrics/metric.js';
import { hasEnoughRows } from '../enough-rows.js';
import { metricInterval } from '../metric-interval.js';

/** A place that rows with predictions come from, without end. */
export interface World {
  readonly name: string;
  readonly draw: (rows: number, source: Random) => MetricInput;
}

/** Two classes, `shift` more or less of the first; probabilities that go too far by `bold`, which is 1 where they are right. */
function binary(name: string, shift: number, bold: number): World {
  return {
    name,
    draw(rows, source) {
      const predictions = new Float64Array(rows);
      const target = new Float64Array(rows);
      for (let i = 0; i < rows; i++) {
        const score = shift + 1.5 * source.normal();
        predictions[i] = sigmoid(bold * score);
        target[i] = source.next() < sigmoid(score) ? 1 : 0;
      }
      return { task: 'binary', outputs: 1, predictions, target, threshold: 0.5 };
    },
  };
}

const classes: World = {
  name: 'three classes',
  draw(rows, source) {
    const predictions = new Float64Array(3 * rows);
    const target = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const scores = [source.normal(), source.normal(), source.normal() - 0.3];
      const told = scores.map((score) => exp(1.6 * score));
      const true_ = scores.map((score) => exp(score));
      const [all, whole] = [told, true_].map((of) => of.reduce((sum, value) => sum + value, 0));
      told.forEach((value, k) => {
        predictions[3 * i + k] = value / all;
      });
      const at = source.next() * whole;
      target[i] = at < true_[0] ? 0 : at < true_[0] + true_[1] ? 1 : 2;
    }
    return { task: 'multiclass', outputs: 3, predictions, target, threshold: 0.5 };
  },
};

/** Numbers from 1 up whose errors are normal, or as skewed as amounts of money. */
function numbers(name: string, error: (source: Random) => number): World {
  return {
    name,
    draw(rows, source) {
      const predictions = Float64Array.from({ length: rows }, () => 10 + 2 * source.normal());
      const target = predictions.map((value) => Math.max(1, value + error(source)));
      return { task: 'regression', outputs: 1, predictions, target, threshold: 0.5 };
    },
  };
}

export const WORLDS: readonly World[] = [
  binary('two classes', -0.4, 1),
  binary('two classes, too bold', -0.4, 2),
  binary('a rarer class', -1.3, 1.5),
  classes,
  numbers('numbers', (source) => source.normal()),
  numbers('numbers, skewed errors', (source) => -log(1 - source.next()) - 1),
];

/** How often the interval of a metric held the figure of the whole world, its own figure, and how often it was given. */
export interface Coverage {
  readonly metric: string;
  held: number;
  heldItself: number;
  given: number;
}

/** Rows that stand for the whole world. */
const WHOLE = 1_000_000;

export class CoverageCount {
  readonly #world: World;
  readonly #truth: ReadonlyMap<string, number>;
  readonly coverage: readonly Coverage[];

  constructor(world: World, source: Random) {
    const whole = world.draw(WHOLE, source.fork('whole'));
    const metrics = metricsFor(whole.task);
    this.#world = world;
    this.#truth = new Map(metrics.map((metric) => [metric.name, metric.compute(whole)]));
    this.coverage = metrics.map(({ name }) => ({ metric: name, held: 0, heldItself: 0, given: 0 }));
  }

  /** Draws a sample of rows and looks at its intervals; nothing where it has too few rows of a class. */
  sample(rows: number, source: Random): void {
    const drawn = this.#world.draw(rows, source);
    if (!hasEnoughRows(drawn)) return;
    metricsFor(drawn.task).forEach((metric, m) => {
      const value = metric.compute(drawn);
      const interval = metricInterval(metric, drawn, value);
      if (interval === null) return;
      const count = this.coverage[m];
      const truth = this.#truth.get(metric.name) as number;
      count.given++;
      if (interval.low <= truth && truth <= interval.high) count.held++;
      if (interval.low <= value && value <= interval.high) count.heldItself++;
    });
  }
}
