import { canonicalJson } from '../../base/hash.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import type { Matrix, Model, Task } from '../estimator.js';
import type { RowExplainer } from '../explainer.js';
import type { Calibration } from './calibration.js';
import { applyCalibration, CALIBRATORS } from './catalogue.js';

const VERSION = 1;
const PREFIX = 'calibrated(';

/** Whether a serialised model of this name is a calibrated one. */
export function isCalibratedName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * A classifier whose probabilities go through a calibration. Explanations are those of the model inside: the margin before it is
 * calibrated.
 */
export class CalibratedModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly inner: Model;
  readonly calibration: Calibration;

  constructor(inner: Model, calibration: Calibration) {
    this.estimator = `${PREFIX}${inner.estimator})`;
    this.task = inner.task;
    this.outputs = inner.outputs;
    this.inputs = inner.inputs;
    this.summary = inner.summary;
    this.inner = inner;
    this.calibration = calibration;
    if (inner.importances) this.importances = () => (inner.importances as () => Float64Array)();
    if (inner.splitCounts) this.splitCounts = () => (inner.splitCounts as () => Float64Array)();
    if (inner.explainer) this.explainer = (means) => (inner.explainer as (means?: Float64Array) => RowExplainer)(means);
  }

  importances?: () => Float64Array;
  splitCounts?: () => Float64Array;
  explainer?: (means?: Float64Array) => RowExplainer;

  predict(matrix: Matrix): Float64Array {
    const out = this.inner.predict(matrix);
    for (let at = 0; at < out.length; at += this.outputs) applyCalibration(this.calibration, out, at, this.outputs);
    return out;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    this.inner.predictRow(row, out, offset);
    applyCalibration(this.calibration, out, offset, this.outputs);
  }

  serialize(): Uint8Array {
    return new ByteWriter()
      .header({ ...this, version: VERSION })
      .text(canonicalJson(this.calibration))
      .u8s(this.inner.serialize())
      .finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, loadInner: (bytes: Uint8Array) => Model): CalibratedModel {
    const reader = new ByteReader(bytes);
    const { estimator } = new ByteReader(bytes).header();
    const header = reader.header({ estimator, version: VERSION });
    const calibration = readCalibration(reader.text(), header.outputs);
    const body = reader.u8s();
    reader.finish();
    if (isCalibratedName(new ByteReader(body).header().estimator)) corrupt('They calibrate twice');
    const model = new CalibratedModel(loadInner(body), calibration);
    if (model.estimator !== estimator || model.outputs !== header.outputs || model.inputs !== header.inputs)
      corrupt('Their parts do not fit together');
    if (model.task !== header.task || model.task === 'regression') corrupt('Their parts do not fit together');
    return model;
  }
}

function readCalibration(text: string, outputs: number): Calibration {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    corrupt('Their calibration is not JSON');
  }
  if (typeof data !== 'object' || data === null) corrupt('Their calibration is no object');
  const read = data as Readonly<Record<string, unknown>>;
  switch (read['kind'] as keyof typeof CALIBRATORS) {
    case 'platt':
      return { kind: 'platt', slopes: numbers(read['slopes'], outputs), offsets: numbers(read['offsets'], outputs) };
    case 'temperature': {
      const [temperature] = numbers([read['temperature']]);
      if (!(temperature > 0)) corrupt('Their temperature is not above zero');
      return { kind: 'temperature', temperature };
    }
    case 'isotonic': {
      const curves = read['curves'];
      if (!Array.isArray(curves) || curves.length !== outputs) corrupt('They lack a curve');
      return {
        kind: 'isotonic',
        curves: curves.map((curve: Readonly<Record<string, unknown>>) => {
          const from = numbers(curve?.['from']);
          return {
            from: rising(from),
            to: rising(numbers(curve?.['to'], from.length)).map((y) => Math.min(1, Math.max(0, y))),
          };
        }),
      };
    }
    default:
      return corrupt('They name no calibration');
  }
}

function numbers(value: unknown, length?: number): number[] {
  return Array.isArray(value) && value.every(Number.isFinite) && (length === undefined || value.length === length)
    ? (value as number[])
    : corrupt('Their calibration is not made of numbers');
}

function rising(values: readonly number[]): readonly number[] {
  for (let i = 1; i < values.length; i++) if (!(values[i] >= values[i - 1])) corrupt('A curve of theirs falls');
  return values;
}
