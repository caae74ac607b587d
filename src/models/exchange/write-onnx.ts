import { fail } from '../../base/error.js';
import type { MatrixFeature, Model } from '../estimator.js';
import { LinearModel } from '../linear/linear-model.js';
import type { ForestModel, Link } from '../trees/forest-model.js';
import { type Graph, type GraphNode, type GraphPort, ML, onnxBytes, type Tensor } from './onnx/graph.js';
import { treeEnsemble } from './onnx/tree-ensemble.js';
import { treeModel } from './tree-model.js';

export interface OnnxOptions {
  /** Labels of the classes in the order of the outputs; without them labels are the numbers of the classes. */
  readonly classes?: readonly string[];
  /** Probability from which a binary row is labelled positive. */
  readonly threshold?: number;
}

/**
 * A model of trees or weights as ONNX, opset 13 and ai.onnx.ml 3, in float32. It takes 'inputs', rows x features, NaN where a value is
 * missing; a regression gives 'prediction', rows x 1, and classes 'label' and 'probabilities', rows x classes. Sums come from
 * TreeEnsembleRegressor or LinearRegressor and what follows them from standard operators, because the classifiers of ai.onnx.ml
 * know neither a decision threshold nor shares, and runtimes differ in how they make two classes of one sum.
 * @param features the inputs of the model, in order
 * @throws MW_EXCHANGE_UNSUPPORTED for other models
 */
export function writeOnnx(model: Model, features: readonly MatrixFeature[], options: OnnxOptions = {}): Uint8Array {
  const { link, sums } = sumsOf(model, features);
  const graph = new Tail(sums);
  const { outputs } = model;
  const linked = graph.link(link, outputs);
  const ports: GraphPort[] =
    model.task === 'regression' ? [graph.rename(linked, 'prediction', 1)] : graph.classes(linked, outputs, options);
  return onnxBytes(
    {
      name: 'model',
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [{ name: 'inputs', type: 'float', width: features.length }],
      outputs: ports,
      metadata: metadataOf(model, features, options),
    },
    'Millwright',
  );
}

/** What a reader has to know: names of the inputs in order, numbers of codes of the categorical ones, and the classes. */
function metadataOf(model: Model, features: readonly MatrixFeature[], { classes, threshold }: OnnxOptions): Graph['metadata'] {
  return {
    inputs: JSON.stringify(features.map(({ name }) => name)),
    categories: JSON.stringify(features.map(({ categories }) => categories)),
    estimator: model.estimator,
    task: model.task,
    ...(classes ? { classes: JSON.stringify(classes) } : {}),
    ...(threshold === undefined ? {} : { threshold: String(threshold) }),
  };
}

function sumsOf(model: Model, features: readonly MatrixFeature[]): { readonly link: Link; readonly sums: GraphNode } {
  if (model instanceof LinearModel) {
    const { task, weights, inputs, outputs } = model;
    const link = task === 'binary' ? 'sigmoid' : task === 'multiclass' ? 'softmax' : 'identity';
    return {
      link,
      sums: {
        op: 'LinearRegressor',
        domain: ML,
        inputs: ['inputs'],
        output: 'sums',
        attributes: {
          targets: { kind: 'int', value: outputs },
          coefficients: { kind: 'floats', values: weights.subarray(0, inputs * outputs) },
          intercepts: { kind: 'floats', values: weights.subarray(inputs * outputs) },
          post_transform: { kind: 'text', value: 'NONE' },
        },
      },
    };
  }
  const { link, forest, start }: ForestModel = treeModel(model, 'This export');
  if (forest.roots.length < 2)
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: 'The model has no tree, and ONNX has no ensemble of none.',
      fix: 'Train it on more rows.',
    });
  return { link, sums: treeEnsemble(forest, start, features, 'sums') };
}

/** The operators from the sums on. */
class Tail {
  readonly nodes: GraphNode[];
  readonly constants: Tensor[] = [];

  constructor(sums: GraphNode) {
    this.nodes = [sums];
  }

  /** The name of what the link makes of the sums. */
  link(link: Link, outputs: number): string {
    if (link === 'sigmoid') return this.#node('Sigmoid', ['sums']);
    if (link === 'exp') return this.#node('Exp', ['sums']);
    if (link === 'softmax') return this.#node('Softmax', ['sums'], { axis: { kind: 'int', value: 1 } });
    if (link === 'identity') return 'sums';
    const clipped = this.#node('Clip', ['sums', this.#float('zero', [], [0]), this.#float('one', [], [1])]);
    if (outputs === 1) return clipped;
    const total = this.#node('ReduceSum', [clipped, this.#int('axis', [1])], { keepdims: { kind: 'int', value: 1 } });
    const shared = this.#node('Div', [clipped, total]);
    const any = this.#node('Greater', [total, 'zero']);
    return this.#node('Where', [any, shared, this.#float('even', [], [1 / outputs])]);
  }

  rename(from: string, name: string, width: number): GraphPort {
    this.nodes.push({ op: 'Identity', inputs: [from], output: name });
    return { name, type: 'float', width };
  }

  classes(linked: string, outputs: number, { classes, threshold = 0.5 }: OnnxOptions): GraphPort[] {
    let index: string;
    let probabilities = linked;
    if (outputs === 1) {
      const against = this.#node('Sub', [this.#float('whole', [], [1]), linked]);
      probabilities = this.#node('Concat', [against, linked], { axis: { kind: 'int', value: 1 } });
      const below = this.#node('Less', [linked, this.#float('threshold', [], [threshold])]);
      const decided = this.#node('Cast', [this.#node('Not', [below])], { to: { kind: 'int', value: 7 } });
      index = this.#node('Reshape', [decided, this.#int('flat', [-1])]);
    } else {
      index = this.#node('ArgMax', [linked], { axis: { kind: 'int', value: 1 }, keepdims: { kind: 'int', value: 0 } });
    }
    if (classes) {
      this.constants.push({ name: 'classes', type: 'text', shape: [classes.length], values: classes });
      this.nodes.push({ op: 'Gather', inputs: ['classes', index], output: 'label' });
    } else this.nodes.push({ op: 'Identity', inputs: [index], output: 'label' });
    const label: GraphPort = { name: 'label', type: classes ? 'text' : 'int64', width: null };
    return [label, this.rename(probabilities, 'probabilities', Math.max(2, outputs))];
  }

  #node(op: string, inputs: readonly string[], attributes: GraphNode['attributes'] = {}): string {
    const output = `${op.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  #float(name: string, shape: readonly number[], values: readonly number[]): string {
    this.constants.push({ name, type: 'float', shape, values });
    return name;
  }

  #int(name: string, values: readonly number[]): string {
    this.constants.push({ name, type: 'int64', shape: [values.length], values });
    return name;
  }
}
