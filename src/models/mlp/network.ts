import { fail } from '../../base/error.js';
import type { Random } from '../../base/random.js';
import { Layout, type Memory, viewMemory } from '../../kernels/layout.js';
import { type MatrixKernels, plainMatrixKernels } from '../../kernels/matrix-kernels.js';
import { kernelModule, kernelsOver } from '../../kernels/wasm-module.js';
import { sharedMemory } from '../../kernels/webassembly.js';

/** A layer of weights: `inputs` x `outputs` row-major, where all sizes but the number of features are padded to multiples of four. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Outputs in use; the others have weights of zero and stay so. */
  readonly used: number;
  readonly weightsAt: number;
  readonly biasesAt: number;
  readonly weightGradientsAt: number;
  readonly biasGradientsAt: number;
  /** Outputs of the rows of a batch, after the rectifier in hidden layers; and the derivatives of the loss by what is before it. */
  readonly activationsAt: number;
  readonly deltasAt: number;
}

export interface NetworkShape {
  readonly features: number;
  readonly width: number;
  readonly depth: number;
  readonly outputs: number;
  /** Most rows that go through at once. */
  readonly batch: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** A WebAssembly memory ends at 4 GiB. */
const MOST_BYTES = 2 ** 32 - 65_536;

const padded = (size: number): number => 4 * Math.ceil(size / 4);

/**
 * A multilayer perceptron with rectified hidden units in one memory: outputs and gradients of a batch of rows, and steps of Adam. Single
 * precision: twice the lanes and half the memory of double, and the noise of mini-batches is far above its rounding.
 */
export class Network {
  readonly layers: readonly Layer[];
  readonly memory: Memory;
  /** The rows of the batch, row-major, as floats. */
  readonly inputsAt: number;
  readonly #features: number;
  readonly #kernels: MatrixKernels;
  readonly #scratchAt: number;
  readonly #oneAt: number;
  readonly #parametersAt: number;
  readonly #parametersEnd: number;
  readonly #weights: number;
  readonly #biases: number;
  readonly #gradientsAt: number;
  readonly #firstAt: number;
  readonly #secondAt: number;
  /** Products of the decay rates of Adam's means over the steps made. */
  #decayed1 = 1;
  #decayed2 = 1;

  /** @throws MW_MODEL_TOO_LARGE */
  constructor(shape: NetworkShape, plain = false) {
    const { features, width, depth, outputs, batch } = shape;
    const sizes = [...Array.from({ length: depth }, () => width), outputs];
    const layout = new Layout();
    // Offset 0 means no start to the kernels, so nothing begins there.
    this.#oneAt = layout.reserve(32) + 16;
    const pairs = sizes.map((used, l) => ({ used, inputs: l === 0 ? features : padded(sizes[l - 1]), outputs: padded(used) }));
    this.#weights = pairs.reduce((sum, pair) => sum + pair.inputs * pair.outputs, 0);
    this.#biases = pairs.reduce((sum, pair) => sum + pair.outputs, 0);
    const bytes = 4 * (this.#weights + this.#biases);
    this.#parametersAt = layout.reserve(bytes);
    this.#parametersEnd = this.#parametersAt + bytes;
    this.#gradientsAt = layout.reserve(bytes);
    this.#firstAt = layout.reserve(bytes);
    this.#secondAt = layout.reserve(bytes);
    this.inputsAt = layout.reserve(4 * batch * features);
    this.#scratchAt = layout.reserve(4 * Math.max(0, ...pairs.slice(1).map((pair) => pair.inputs * pair.outputs)));
    let weight = 0;
    let bias = this.#weights;
    this.layers = pairs.map((pair) => {
      const layer = {
        ...pair,
        weightsAt: this.#parametersAt + 4 * weight,
        biasesAt: this.#parametersAt + 4 * bias,
        weightGradientsAt: this.#gradientsAt + 4 * weight,
        biasGradientsAt: this.#gradientsAt + 4 * bias,
        activationsAt: layout.reserve(4 * batch * pair.outputs),
        deltasAt: layout.reserve(4 * batch * pair.outputs),
      };
      weight += pair.inputs * pair.outputs;
      bias += pair.outputs;
      return layer;
    });
    if (layout.bytes > MOST_BYTES)
      fail('MW_MODEL_TOO_LARGE', {
        what: `A network of ${depth} x ${width} units on ${features} features takes ${Math.ceil(layout.bytes / 2 ** 20)} MiB.`,
        where: { estimator: 'mlp' },
        fix: 'Use fewer units or layers, or smaller batches.',
      });
    this.#features = features;
    const module = plain ? undefined : kernelModule();
    if (module) {
      const shared = sharedMemory(layout.bytes);
      this.memory = viewMemory(shared.buffer);
      this.#kernels = kernelsOver(module, shared);
    } else {
      this.memory = viewMemory(new ArrayBuffer(layout.bytes));
      this.#kernels = plainMatrixKernels(this.memory);
    }
    this.memory.f32[this.#oneAt >>> 2] = 1;
  }

  /**
   * Weights of the hidden layers at random for rectifiers (He et al. 2015, uniform); those of the last are zero, so that the network
   * begins as the constant `start`.
   */
  initialise(source: Random, start: Float64Array): void {
    const { f32 } = this.memory;
    for (const layer of this.layers.slice(0, -1)) {
      const fanIn = layer === this.layers[0] ? this.#features : layer.used;
      const limit = Math.sqrt(6 / Math.max(1, fanIn));
      for (let j = 0; j < fanIn; j++)
        for (let k = 0, at = (layer.weightsAt >>> 2) + j * layer.outputs; k < layer.used; k++, at++)
          f32[at] = limit * (2 * source.next() - 1);
    }
    f32.set(start, this.layers[this.layers.length - 1].biasesAt >>> 2);
  }

  /** Passes the first `rows` inputs through; units of hidden layers are left out by draws from `source` when `dropout` is above zero. */
  forward(rows: number, dropout = 0, source?: Random): void {
    const { f32 } = this.memory;
    const { layers } = this;
    let fromAt = this.inputsAt;
    const scale = Math.fround(1 / (1 - dropout));
    layers.forEach((layer, l) => {
      const { inputs, outputs, activationsAt } = layer;
      this.#kernels.multiply(fromAt, 4 * inputs, 4, layer.weightsAt, layer.biasesAt, activationsAt, rows, outputs, inputs);
      fromAt = activationsAt;
      if (l === layers.length - 1) return;
      const from = activationsAt >>> 2;
      const to = from + rows * outputs;
      for (let at = from; at < to; at++) if (!(f32[at] > 0)) f32[at] = 0;
      if (source && dropout > 0) for (let at = from; at < to; at++) f32[at] = source.next() < dropout ? 0 : f32[at] * scale;
    });
  }

  /** Gradients of all parameters from the deltas of the last layer; `dropout` as in the pass forward. */
  backward(rows: number, dropout = 0): void {
    const { f32 } = this.memory;
    const scale = Math.fround(1 / (1 - dropout));
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l];
      const { inputs, outputs, deltasAt } = layer;
      const below = l > 0 ? this.layers[l - 1] : undefined;
      const fromAt = below ? below.activationsAt : this.inputsAt;
      this.#kernels.multiply(fromAt, 4, 4 * inputs, deltasAt, 0, layer.weightGradientsAt, inputs, outputs, rows);
      this.#kernels.multiply(this.#oneAt, 0, 0, deltasAt, 0, layer.biasGradientsAt, 1, outputs, rows);
      if (!below) continue;
      this.#transpose(layer);
      this.#kernels.multiply(deltasAt, 4 * outputs, 4, this.#scratchAt, 0, below.deltasAt, rows, inputs, outputs);
      const delta = below.deltasAt >>> 2;
      const activation = below.activationsAt >>> 2;
      for (let i = 0; i < rows * inputs; i++) f32[delta + i] = f32[activation + i] > 0 ? f32[delta + i] * scale : 0;
    }
  }

  #transpose({ inputs, outputs, weightsAt }: Layer): void {
    const { f32 } = this.memory;
    const from = weightsAt >>> 2;
    const to = this.#scratchAt >>> 2;
    for (let j = 0; j < inputs; j++) for (let k = 0; k < outputs; k++) f32[to + k * inputs + j] = f32[from + j * outputs + k];
  }

  /** A step of Adam by the gradients; weights are decayed apart from them (Loshchilov and Hutter 2019). */
  step(rate: number, weightDecay: number): void {
    this.#decayed1 *= BETA1;
    this.#decayed2 *= BETA2;
    const corrected = (rate * Math.sqrt(1 - this.#decayed2)) / (1 - this.#decayed1);
    const parts = [
      { from: 0, count: this.#weights, shrink: Math.max(0, 1 - rate * weightDecay) },
      { from: 4 * this.#weights, count: this.#biases, shrink: 1 },
    ];
    for (const { from, count, shrink } of parts)
      this.#kernels.adam(
        this.#parametersAt + from,
        this.#gradientsAt + from,
        this.#firstAt + from,
        this.#secondAt + from,
        count,
        corrected,
        shrink,
        BETA1,
        BETA2,
        EPSILON,
      );
  }

  /** All parameters, to be kept or changed. */
  get parameters(): Float32Array {
    return this.memory.f32.subarray(this.#parametersAt >>> 2, this.#parametersEnd >>> 2);
  }
}
