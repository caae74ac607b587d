import { ProtoWriter } from './protobuf.js';

/** The domain of the operators of trees and linear models; the others are of the standard one, ''. */
export const ML = 'ai.onnx.ml';
/** Versions of the operators: old enough for runtimes of 2021. */
const OPSETS = [
  ['', 13],
  [ML, 3],
] as const;
const IR_VERSION = 8;

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly values: ArrayLike<number> }
  | { readonly kind: 'floats'; readonly values: ArrayLike<number> }
  | { readonly kind: 'texts'; readonly values: readonly string[] };

export interface GraphNode {
  readonly op: string;
  readonly domain?: typeof ML;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Tensor {
  readonly name: string;
  readonly type: 'float' | 'int64' | 'text';
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** A value that goes in or out: rows, and the values of each row, none for a list. */
export interface GraphPort {
  readonly name: string;
  readonly type: Tensor['type'];
  readonly width: number | null;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly Tensor[];
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** What is said of the model, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Numbers of kinds in onnx.proto. */
const TYPES = { float: 1, int64: 7, text: 8 } as const;
const ATTRIBUTE = { int: 2, text: 3, floats: 6, ints: 7, texts: 8 } as const;

/** A graph as the bytes of an ONNX model: onnx.proto of ONNX 1.8, the fields that are used here. */
export function onnxBytes(graph: Graph, producer: string): Uint8Array {
  const model = new ProtoWriter().int(1, IR_VERSION).text(2, producer);
  model.message(7, (writer) => writeGraph(writer, graph));
  for (const [domain, version] of OPSETS) model.message(8, (opset) => opset.text(1, domain).int(2, version));
  for (const [key, value] of Object.entries(graph.metadata)) model.message(14, (entry) => entry.text(1, key).text(2, value));
  return model.finish();
}

function writeGraph(writer: ProtoWriter, { name, nodes, constants, inputs, outputs }: Graph): void {
  nodes.forEach((node, k) =>
    writer.message(1, (message) => {
      for (const input of node.inputs) message.text(1, input);
      message.text(2, node.output).text(3, `${node.op}_${k}`).text(4, node.op);
      for (const [attribute, value] of Object.entries(node.attributes ?? {}))
        message.message(5, (inner) => writeAttribute(inner, attribute, value));
      if (node.domain) message.text(7, node.domain);
    }),
  );
  writer.text(2, name);
  for (const tensor of constants) writer.message(5, (message) => writeTensor(message, tensor));
  for (const port of inputs) writer.message(11, (message) => writePort(message, port));
  for (const port of outputs) writer.message(12, (message) => writePort(message, port));
}

function writeAttribute(writer: ProtoWriter, name: string, attribute: Attribute): void {
  writer.text(1, name);
  if (attribute.kind === 'int') writer.int(3, attribute.value);
  else if (attribute.kind === 'text') writer.text(4, attribute.value);
  else if (attribute.kind === 'floats') writer.floats(7, attribute.values);
  else if (attribute.kind === 'ints') writer.ints(8, attribute.values);
  else for (const value of attribute.values) writer.text(9, value);
  writer.int(20, ATTRIBUTE[attribute.kind]);
}

function writeTensor(writer: ProtoWriter, { name, type, shape, values }: Tensor): void {
  writer.ints(1, shape).int(2, TYPES[type]);
  if (type === 'float') writer.floats(4, values as readonly number[]);
  else if (type === 'int64') writer.ints(7, values as readonly number[]);
  else for (const value of values) writer.text(6, value as string);
  writer.text(8, name);
}

function writePort(writer: ProtoWriter, { name, type, width }: GraphPort): void {
  writer.text(1, name).message(2, (value) =>
    value.message(1, (tensor) => {
      tensor.int(1, TYPES[type]).message(2, (shape) => {
        shape.message(1, (dimension) => dimension.text(2, 'rows'));
        if (width !== null) shape.message(1, (dimension) => dimension.int(1, width));
      });
    }),
  );
}
