import { fail } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import { random, shuffle } from '../base/random.js';
import type { Column, Scalar } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import type { Matrix, MatrixFeature, Needs } from '../models/estimator.js';
import { type FeatureColumn, splitColumns } from '../models/sparse.js';
import { encodeColumn } from './encode-column.js';
import { booleanEncoding } from './encodings/boolean.js';
import { ENCODINGS } from './encodings/catalogue.js';
import { codesEncoding } from './encodings/codes.js';
import {
  type EncoderOptions,
  type EncoderTarget,
  type Encoding,
  type EncodingKind,
  encoderOptions,
  FOLDS,
} from './encodings/encoding.js';
import { numberEncoding } from './encodings/number.js';
import { oneHotEncoding } from './encodings/one-hot.js';
import { targetMeanEncoding } from './encodings/target-mean.js';
import { textScoreEncoding } from './encodings/text-score.js';
import type { Encoder, FeatureInput } from './pipeline.js';
import { booleanIn, choiceIn, corrupt, countIn, listIn, numbersIn, objectIn, type PlainObject, textIn } from './plain-data.js';
import { countLevels, numberFrom, textFrom, textsOf } from './read-column.js';

export type { EncoderOptions, EncoderTarget } from './encodings/encoding.js';
export { encoderOptions } from './encodings/encoding.js';

/** An encoder and the matrix of the rows it was fitted on, whose label-aware outputs saw no row's own label. */
export interface FittedEncoder {
  readonly encoder: Encoder;
  readonly training: Matrix;
}

/**
 * Fits an encoder on training rows only. `training` is what an estimator should learn from; `encoder.encode` of the same table differs
 * from it in the label-aware outputs (mean targets, text scores) alone.
 * @param target label of each row of `table`: 0/1, class index or number, never missing
 * @throws MW_PIPELINE_FEATURE_MISSING, MW_OPTION_*
 */
export function fitEncoder(
  table: Frame,
  features: readonly FeatureInput[],
  target: EncoderTarget,
  needs: Needs | readonly Needs[],
  options: Partial<EncoderOptions> = {},
  seed = 1,
): FittedEncoder {
  const resolved = resolveOptions('encoder', encoderOptions, options);
  const folds = foldsOf(table.rows, seed);
  const parts: Part[] = [];
  const columns: FeatureColumn[] = [];
  const all = Array.isArray(needs) ? (needs as readonly Needs[]) : [needs as Needs];
  const starts: number[] = [];
  for (const need of all) {
    starts.push(columns.length);
    features.forEach((feature, input) => {
      const column = featureColumn(table, feature.name);
      for (const kind of kindsFor(feature, column, need, resolved)) {
        const { encoding, training } = kind.fit({ feature, column, target, needs: need, options: resolved, folds, seed });
        const sparse = need.sparse === true && encoding.reads === 'text' && encoding.sparse === true;
        parts.push({ input, encoding, sparse });
        columns.push(...(training ?? encodeColumn(encoding, column, sparse)));
      }
    });
  }
  const scaledAt = (j: number): boolean => all[starts.findLastIndex((start) => start <= j)].scaled;
  const means = all.some(({ scaled }) => scaled)
    ? Float64Array.from(columns, (column, j) => (scaledAt(j) ? meanOf(column, table.rows) : 0))
    : undefined;
  const encoder = new ColumnEncoder(features, parts, means, starts);
  return { encoder, training: encoder.matrixOf(table.rows, columns) };
}

/** Reads back what `Encoder.toData` gave. @throws MW_PIPELINE_CORRUPT */
export function loadEncoder(data: unknown): Encoder {
  const root = objectIn(data, 'encoder');
  const inputs = listIn(root, 'inputs').map((item): FeatureInput => {
    const feature = objectIn(item, 'input');
    return {
      name: textIn(feature, 'name'),
      type: choiceIn(feature, 'type', ['number', 'boolean', 'category', 'text']),
    };
  });
  const parts = listIn(root, 'parts').map((item): Part => {
    const part = objectIn(item, 'part');
    const input = countIn(part, 'input', 0, inputs.length - 1);
    const name = textIn(part, 'encoding');
    const kind = ENCODINGS.find((known) => known.name === name);
    if (!kind) corrupt(`there is no encoding '${name}'.`);
    const sparse = part['sparse'] !== undefined && booleanIn(part, 'sparse');
    return { input, encoding: kind.load(inputs[input], objectIn(part['data'], 'data')), sparse };
  });
  const outputs = parts.reduce((sum, { encoding }) => sum + encoding.outputs.length, 0);
  const means = root['means'] === undefined ? undefined : numbersIn(root, 'means', outputs);
  return new ColumnEncoder(inputs, parts, means, root['starts'] === undefined ? [0] : startsIn(root, outputs));
}

function startsIn(root: PlainObject, outputs: number): number[] {
  const starts = [...numbersIn(root, 'starts')];
  const rising = starts.every((start, i) => Number.isInteger(start) && start >= (starts[i - 1] ?? 0) && start <= outputs);
  if (starts[0] !== 0 || !rising) corrupt("'starts' do not rise from 0.");
  return starts;
}

/** Which encodings a feature gets, by its type, its levels and what the estimator needs. */
function kindsFor(feature: FeatureInput, column: Column, needs: Needs, options: EncoderOptions): readonly EncodingKind[] {
  switch (feature.type) {
    case 'number':
      return [numberEncoding];
    case 'boolean':
      return [booleanEncoding];
    case 'text':
      return [textScoreEncoding];
    case 'category': {
      if (needs.categories === 'everyCode') return [codesEncoding];
      const levels = countLevels(textsOf(column)).reduce((seen, rows) => seen + (rows > 0 ? 1 : 0), 0);
      if (needs.categories === 'codes')
        return levels > options.maxCodes ? [codesEncoding, targetMeanEncoding] : [codesEncoding];
      return [levels > options.maxOneHot ? targetMeanEncoding : oneHotEncoding];
    }
  }
}

interface Part {
  /** Index of the feature that the encoding reads. */
  readonly input: number;
  readonly encoding: Encoding;
  /** Whether batches get sparse columns. */
  readonly sparse: boolean;
}

class ColumnEncoder implements Encoder {
  readonly inputs: readonly FeatureInput[];
  readonly outputs: readonly string[];
  readonly matrixFeatures: readonly MatrixFeature[];
  readonly sources: Int32Array;
  readonly means?: Float64Array;
  readonly #parts: readonly Part[];
  readonly #offsets: Int32Array;
  /** First output for each of the needs. */
  readonly #starts: readonly number[];

  constructor(
    inputs: readonly FeatureInput[],
    parts: readonly Part[],
    means: Float64Array | undefined,
    starts: readonly number[],
  ) {
    this.inputs = inputs;
    this.#starts = starts;
    if (means) this.means = means;
    this.#parts = parts;
    this.matrixFeatures = parts.flatMap(({ input, encoding }) =>
      encoding.outputs.map((output) =>
        output.name === inputs[input].name ? output : { ...output, source: inputs[input].name },
      ),
    );
    this.outputs = this.matrixFeatures.map(({ name }) => name);
    this.sources = Int32Array.from(parts.flatMap(({ input, encoding }) => encoding.outputs.map(() => input)));
    this.#offsets = new Int32Array(parts.length);
    let offset = 0;
    parts.forEach(({ encoding }, p) => {
      this.#offsets[p] = offset;
      offset += encoding.outputs.length;
    });
  }

  encode(table: Frame): Matrix {
    const columns: FeatureColumn[] = [];
    for (const { input, encoding, sparse } of this.#parts)
      columns.push(...encodeColumn(encoding, featureColumn(table, this.inputs[input].name), sparse));
    return this.matrixOf(table.rows, columns);
  }

  matrixOf(rows: number, columns: readonly FeatureColumn[]): Matrix {
    const matrix = { rows, ...splitColumns(columns), features: this.matrixFeatures };
    return this.#starts.length > 1 ? { ...matrix, parts: this.#starts } : matrix;
  }

  encodeRow(values: readonly Scalar[], out: Float64Array): void {
    for (let p = 0; p < this.#parts.length; p++) {
      const { input, encoding } = this.#parts[p];
      if (encoding.reads === 'number') encoding.put(numberFrom(values[input]), out, this.#offsets[p]);
      else encoding.put(textFrom(values[input]), out, this.#offsets[p]);
    }
  }

  toData(): unknown {
    return {
      inputs: this.inputs.map(({ name, type }) => ({ name, type })),
      parts: this.#parts.map(({ input, encoding, sparse }) => ({
        input,
        encoding: encoding.kind,
        data: encoding.toData(),
        ...(sparse ? { sparse } : {}),
      })),
      ...(this.means ? { means: Array.from(this.means) } : {}),
      ...(this.#starts.length > 1 ? { starts: this.#starts } : {}),
    };
  }
}

function featureColumn(table: Frame, name: string): Column {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (!column)
    fail('MW_PIPELINE_FEATURE_MISSING', {
      what: `The table has no column '${name}', which the model was trained with.`,
      where: { feature: name },
    });
  return column;
}

/** JSON has no -0, and what was fitted must be what is loaded. */
function meanOf(column: FeatureColumn, rows: number): number {
  let sum = 0;
  for (const value of column instanceof Float64Array ? column : column.values) sum += value;
  return rows === 0 ? 0 : sum / rows + 0;
}

function foldsOf(rows: number, seed: number): Uint8Array {
  const order = shuffle(
    Int32Array.from({ length: rows }, (_, i) => i),
    random(seed).fork('encoder folds'),
  );
  const folds = new Uint8Array(rows);
  order.forEach((row, place) => {
    folds[row] = place % FOLDS;
  });
  return folds;
}
