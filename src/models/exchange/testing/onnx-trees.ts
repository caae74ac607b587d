/** What the tests need of a reader of ONNX: the fields of its messages, and the sums that its first node stands for. */

type Message = ReadonlyMap<number, readonly (Uint8Array | number | bigint)[]>;

/** The fields of a protobuf message by number: bytes of what has a length, numbers of the rest. */
export function message(bytes: Uint8Array): Message {
  const fields = new Map<number, (Uint8Array | number | bigint)[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    let value: Uint8Array | number | bigint;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 5) {
      value = view.getFloat32(at, true);
      at += 4;
    } else {
      const length = Number(varint());
      value = bytes.subarray(at, at + length);
      at += length;
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

export const bytesAt = (from: Message, field: number): Uint8Array[] => (from.get(field) ?? []) as Uint8Array[];
export const textsAt = (from: Message, field: number): string[] =>
  bytesAt(from, field).map((bytes) => new TextDecoder().decode(bytes));

export interface ReadNode {
  readonly op: string;
  readonly attributes: ReadonlyMap<string, readonly (number | string)[]>;
}

export interface ReadModel {
  readonly nodes: readonly ReadNode[];
  readonly metadata: Readonly<Record<string, string>>;
}

export function readOnnx(bytes: Uint8Array): ReadModel {
  const model = message(bytes);
  const graph = message(bytesAt(model, 7)[0] as Uint8Array);
  return {
    nodes: bytesAt(graph, 1).map((node) => {
      const fields = message(node);
      return { op: textsAt(fields, 4)[0] as string, attributes: new Map(bytesAt(fields, 5).map(attributeOf)) };
    }),
    metadata: Object.fromEntries(
      bytesAt(model, 14).map((entry) => [textsAt(message(entry), 1)[0], textsAt(message(entry), 2)[0]]),
    ),
  };
}

function attributeOf(bytes: Uint8Array): [string, readonly (number | string)[]] {
  const fields = message(bytes);
  const name = textsAt(fields, 1)[0] as string;
  const packed = bytesAt(fields, 7)[0];
  if (packed) {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    return [name, Array.from({ length: packed.length / 4 }, (_, k) => view.getFloat32(4 * k, true))];
  }
  const ints = bytesAt(fields, 8)[0];
  // The bytes of numbers one after another, read as the fields of a message that has none but those.
  if (ints) return [name, varintsOf(ints)];
  return [
    name,
    textsAt(fields, 9).length > 0 ? textsAt(fields, 9) : [...textsAt(fields, 4), ...(fields.get(3) ?? []).map(Number)],
  ];
}

function varintsOf(bytes: Uint8Array): number[] {
  const out: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    out.push(Number(BigInt.asIntN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return out;
}

/** What makes the sums of a row: the definition of TreeEnsembleRegressor or LinearRegressor, in float64. */
export function sumsOf({ op, attributes }: ReadNode): (row: readonly number[]) => number[] {
  const numbers = (name: string) => (attributes.get(name) ?? []) as readonly number[];
  if (op === 'LinearRegressor') {
    const weights = numbers('coefficients');
    return (row) =>
      numbers('intercepts').map((intercept, k) =>
        row.reduce((sum, x, j) => sum + Math.fround(x) * (weights[k * row.length + j] as number), intercept),
      );
  }
  const lists = ['treeids', 'nodeids', 'featureids', 'values', 'truenodeids', 'falsenodeids', 'missing_value_tracks_true'];
  const [trees, nodes, features, values, yes, no, missing] = lists.map((name) => numbers(`nodes_${name}`)) as number[][];
  const modes = attributes.get('nodes_modes') ?? [];
  const at = new Map(trees?.map((tree, k) => [`${tree} ${nodes?.[k]}`, k]));
  const place = (k: number, to: readonly number[] | undefined) => at.get(`${trees?.[k]} ${to?.[k]}`) ?? -1;
  const [whenTrue, whenFalse] = [yes, no].map((to) => modes.map((mode, k) => (mode === 'LEAF' ? -1 : place(k, to))));
  const target = new Map(numbers('target_treeids').map((tree, k) => [at.get(`${tree} ${numbers('target_nodeids')[k]}`), k]));
  const roots = [...new Set(trees)].map((tree) => at.get(`${tree} 0`) as number);
  const [outputs, weights] = [numbers('target_ids'), numbers('target_weights')];
  return (row) => {
    const sums = [...numbers('base_values')];
    for (const root of roots) {
      let k = root;
      while (modes[k] !== 'LEAF') {
        const x = Math.fround(row[features?.[k] as number] as number);
        const holds = modes[k] === 'BRANCH_EQ' ? x === values?.[k] : x <= (values?.[k] as number);
        k = ((Number.isNaN(x) ? missing?.[k] === 1 : holds) ? whenTrue : whenFalse)?.[k] as number;
      }
      const leaf = target.get(k) as number;
      const output = outputs[leaf] as number;
      sums[output] = (sums[output] as number) + (weights[leaf] as number);
    }
    return sums;
  };
}
