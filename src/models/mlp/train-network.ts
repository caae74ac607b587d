import { fail } from '../../base/error.js';
import type { OptionValues } from '../../base/options.js';
import { type Random, random, shuffle } from '../../base/random.js';
import { pause } from '../data.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import { cosine } from './cosine.js';
import { Network } from './network.js';
import type { mlpOptions } from './options.js';
import { OutputLoss } from './output-loss.js';

export type MlpParams = OptionValues<typeof mlpOptions>;

export interface Trained {
  readonly network: Network;
  readonly loss: OutputLoss;
  readonly summary: Readonly<Record<string, number>>;
}

/** Rows between two turns of the event loop. */
const ROWS_A_TURN = 32_768;
const MOST_VALUES = 2 ** 31;

/** Rows with weight, row-major in single precision. */
interface Rows {
  readonly count: number;
  readonly features: number;
  readonly values: Float32Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

/** Mini-batch training with Adam; the epoch with the least validation loss is kept when there are validation rows. */
export async function trainNetwork(
  data: TrainingData,
  params: MlpParams,
  context: FitContext,
  plain = false,
): Promise<Trained> {
  const rows = gather(data);
  const source = random(context.seed);
  const loss = new OutputLoss(context.task, context.classes, rows.target, rows.weight);
  const batch = Math.min(params.batch, rows.count);
  const { features } = rows;
  const network = new Network({ ...params, features, outputs: loss.outputs, batch }, plain);
  network.initialise(source.fork('weights'), loss.start);
  const watched = context.validation && params.earlyStopping > 0 ? gather(context.validation) : undefined;
  const order = Uint32Array.from({ length: rows.count }, (_, i) => i);
  const best = { loss: Infinity, rounds: 0, parameters: network.parameters.slice() };
  let trainingLoss = 0;
  let round = 0;
  for (; round < params.rounds; round++) {
    await pause(context.signal);
    context.onProgress?.({ step: 'fit', done: round, total: params.rounds });
    const rate = params.learningRate * (params.schedule === 'cosine' ? cosine(round / params.rounds) : 1);
    shuffle(order, source.fork(`order ${round}`));
    trainingLoss = await epoch(network, loss, rows, order, batch, rate, params, source.fork(`dropout ${round}`), context);
    if (!Number.isFinite(trainingLoss)) diverged(round);
    if (!watched) continue;
    const now = meanLoss(network, loss, watched, batch);
    if (now < best.loss) {
      best.loss = now;
      best.rounds = round + 1;
      best.parameters.set(network.parameters);
    } else if (round + 1 - best.rounds >= params.earlyStopping) break;
  }
  if (watched && best.rounds > 0) network.parameters.set(best.parameters);
  if (!network.parameters.every(Number.isFinite)) diverged(params.rounds);
  context.onProgress?.({ step: 'fit', done: params.rounds, total: params.rounds });
  return {
    network,
    loss,
    summary: {
      rounds: watched ? best.rounds : round,
      loss: trainingLoss,
      ...(watched ? { validationLoss: best.loss } : {}),
    },
  };
}

function diverged(round: number): never {
  fail('MW_MODEL_DIVERGED', { what: `The loss of epoch ${round + 1} is not finite.`, where: { estimator: 'mlp' } });
}

function gather(data: TrainingData): Rows {
  const { columns } = data.matrix;
  const rows = usableRows(data);
  const features = columns.length;
  if (rows.length * features > MOST_VALUES)
    fail('MW_MODEL_TOO_LARGE', {
      what: `'mlp' was given ${rows.length} rows of ${features} features; it holds up to ${MOST_VALUES} values.`,
      where: { estimator: 'mlp' },
    });
  const values = new Float32Array(rows.length * features);
  for (let j = 0; j < features; j++) {
    const column = columns[j];
    for (let i = 0, at = j; i < rows.length; i++, at += features) values[at] = column[rows[i]];
  }
  const target = new Float64Array(rows.length);
  const weight = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    target[i] = data.target[rows[i]];
    weight[i] = data.weight ? data.weight[rows[i]] : 1;
  }
  return { count: rows.length, features, values, target, weight };
}

/** Puts `count` rows, from place `from` of the order, into the network. */
function load(
  { memory, inputsAt }: Network,
  { values, features }: Rows,
  order: Uint32Array,
  from: number,
  count: number,
): void {
  for (let i = 0, at = inputsAt >>> 2; i < count; i++) {
    const row = order[from + i] * features;
    for (let j = 0; j < features; j++) memory.f32[at++] = values[row + j];
  }
}

/** One pass over the rows; the mean training loss on the way. */
async function epoch(
  network: Network,
  loss: OutputLoss,
  rows: Rows,
  order: Uint32Array,
  batch: number,
  rate: number,
  { dropout, weightDecay }: MlpParams,
  source: Random,
  context: FitContext,
): Promise<number> {
  const { f32 } = network.memory;
  const last = network.layers[network.layers.length - 1];
  const scores = last.activationsAt >>> 2;
  const deltas = last.deltasAt >>> 2;
  let total = 0;
  for (const w of rows.weight) total += w;
  const mean = total / rows.count;
  let sum = 0;
  for (let from = 0, turn = ROWS_A_TURN; from < rows.count; from += batch) {
    if (from >= turn) {
      await pause(context.signal);
      turn += ROWS_A_TURN;
    }
    const count = Math.min(batch, rows.count - from);
    load(network, rows, order, from, count);
    network.forward(count, dropout, source);
    for (let i = 0; i < count; i++) {
      const row = order[from + i];
      const w = rows.weight[row];
      const at = i * last.outputs;
      sum += w * loss.row(f32, scores + at, rows.target[row], f32, deltas + at, w / (mean * count));
    }
    network.backward(count, dropout);
    network.step(rate, weightDecay);
  }
  return sum / total;
}

function meanLoss(network: Network, loss: OutputLoss, rows: Rows, batch: number): number {
  const order = Uint32Array.from({ length: rows.count }, (_, i) => i);
  const last = network.layers[network.layers.length - 1];
  let sum = 0;
  let total = 0;
  for (let from = 0; from < rows.count; from += batch) {
    const count = Math.min(batch, rows.count - from);
    load(network, rows, order, from, count);
    network.forward(count);
    for (let i = 0; i < count; i++) {
      const w = rows.weight[from + i];
      sum += w * loss.row(network.memory.f32, (last.activationsAt >>> 2) + i * last.outputs, rows.target[from + i]);
      total += w;
    }
  }
  return sum / total;
}
