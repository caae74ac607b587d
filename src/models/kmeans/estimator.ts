import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, TrainingData } from '../estimator.js';
import { checkNumbers } from '../linear/linear-model.js';
import { KmeansModel } from './kmeans-model.js';
import { type Clustering, lloyd } from './lloyd.js';
import { kmeansOptions } from './options.js';
import { type Points, squaredDistance } from './points.js';
import { seedCentres } from './seed-centres.js';

const VERSION = 1;

/**
 * k-means: centres that make the sum of squared distances of the rows to their nearest centre small (Lloyd 1982), the best of several
 * starts. Clusters are numbered by their weight, the heaviest first, so that the numbers depend on neither the start nor the order of the
 * rows when the clusters do not. The target is ignored.
 */
export const kmeans: Estimator<'clustering'> = {
  name: 'kmeans',
  doc: 'k-means: groups of rows around centres, by least squared distance.',
  tasks: ['clustering'],
  params: kmeansOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
  async fit(data, params, context) {
    const resolved = resolveOptions('kmeans', kmeansOptions, params);
    checkTraining(kmeans, data, context);
    checkNumbers('kmeans', data.matrix);
    await pause(context.signal);
    const points = gather(data);
    const source = random(context.seed);
    const limits = { maxIterations: resolved.maxIterations, tolerance: resolved.tolerance * meanVariance(points) };
    let best: Clustering | undefined;
    for (let start = 0; start < resolved.starts; start++) {
      const seeds = await seedCentres(points, resolved.clusters, source.fork(`start ${start}`), () => pause(context.signal));
      const found = await lloyd(points, seeds, limits, async (iteration) => {
        await pause(context.signal);
        context.onProgress?.({
          step: 'fit',
          done: start * resolved.maxIterations + iteration,
          total: resolved.starts * resolved.maxIterations,
        });
      });
      if (!best || found.inertia < best.inertia) best = found;
    }
    if (!best || !Number.isFinite(best.inertia) || !best.centres.every(Number.isFinite))
      fail('MW_MODEL_DIVERGED', { what: 'The distances between rows are not finite.', where: { estimator: 'kmeans' } });
    const { inertia, iterations, converged } = best;
    const { inputs } = points;
    const centres = heaviestFirst(points, best);
    const clusters = inputs > 0 ? centres.length / inputs : 1;
    return new KmeansModel({
      estimator: 'kmeans',
      version: VERSION,
      inputs,
      outputs: clusters,
      centres,
      summary: { clusters, inertia, iterations, converged: Number(converged) },
    });
  },
  load: (bytes) => KmeansModel.load(bytes, 'kmeans', VERSION),
};

function gather({ matrix, weight }: TrainingData): Points {
  const { columns } = matrix;
  const inputs = columns.length;
  const rows = Array.from({ length: matrix.rows }, (_, i) => i).filter((i) => !weight || weight[i] > 0);
  const values = new Float64Array(rows.length * inputs);
  rows.forEach((row, i) => {
    for (let j = 0; j < inputs; j++) values[i * inputs + j] = columns[j][row];
  });
  return { count: rows.length, inputs, values, weight: Float64Array.from(rows, (row) => (weight ? weight[row] : 1)) };
}

function meanVariance({ count, inputs, values, weight }: Points): number {
  let total = 0;
  for (const w of weight) total += w;
  const means = new Float64Array(inputs);
  for (let i = 0; i < count; i++) for (let j = 0; j < inputs; j++) means[j] += (weight[i] / total) * values[i * inputs + j];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (weight[i] / total) * squaredDistance(values, i * inputs, means, 0, inputs);
  return inputs > 0 ? sum / inputs : 0;
}

/** The centres in the order of the weight of their rows; of their coordinates where these weigh the same. */
function heaviestFirst({ inputs, count, weight }: Points, { centres, nearest }: Clustering): Float64Array {
  const totals = new Float64Array(inputs > 0 ? centres.length / inputs : 1);
  for (let i = 0; i < count; i++) totals[nearest[i]] += weight[i];
  const order = [...totals.keys()].sort((a, b) => {
    if (totals[a] !== totals[b]) return totals[b] - totals[a];
    for (let j = 0; j < inputs; j++) {
      const away = centres[a * inputs + j] - centres[b * inputs + j];
      if (away !== 0) return away;
    }
    return 0;
  });
  const out = new Float64Array(centres.length);
  order.forEach((c, place) => out.set(centres.subarray(c * inputs, (c + 1) * inputs), place * inputs));
  return out;
}
