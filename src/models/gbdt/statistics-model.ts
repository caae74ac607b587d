import { type ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { FitHistory, Matrix, Model, Task } from '../estimator.js';
import type { RowExplainer } from '../explainer.js';
import type { ForestModel } from '../trees/forest-model.js';
import { type CategoryTable, type CategoryTables, replaceRow, widthOf } from './category-statistics.js';
import { StatisticsExplainer, sourcesOf } from './statistics-explainer.js';

/** Kinds of features in the bytes: statistics instead of the code, or beside it; 0 is a feature without any. */
const INSTEAD = 1;
const BESIDE = 2;

/** Trees over statistics of categories: rows hold codes, which the tables turn into the numbers that the trees were grown on. */
export class StatisticsModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly history?: FitHistory;
  readonly #model: ForestModel;
  readonly #tables: CategoryTables;
  readonly #version: number;
  readonly #row: Float64Array;

  /** `version` is that of the bytes: a format in which a model with tables cannot be taken for one without. */
  constructor(model: ForestModel, tables: CategoryTables, version: number) {
    this.estimator = model.estimator;
    this.task = model.task;
    this.outputs = model.outputs;
    this.inputs = tables.length;
    this.summary = model.summary;
    if (model.history) this.history = model.history;
    this.#model = model;
    this.#tables = tables;
    this.#version = version;
    this.#row = new Float64Array(model.inputs);
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    replaceRow(this.#tables, row, this.#row);
    this.#model.predictRow(this.#row, out, offset);
  }

  serialize(): Uint8Array {
    const writer = new ByteWriter().header({ ...this, version: this.#version });
    for (const table of this.#tables) {
      writer.u8(!table ? 0 : table.keepsCode ? BESIDE : INSTEAD);
      if (table) writer.f64s(table.prior).f64s(table.values);
    }
    return writer.u8s(this.#model.serialize()).finish();
  }

  importances(): Float64Array {
    return this.#byInput(this.#model.importances());
  }

  splitCounts(): Float64Array {
    return this.#byInput(this.#model.splitCounts());
  }

  explainer(): RowExplainer {
    return new StatisticsExplainer(this.#model.explainer(), this.#tables);
  }

  #byInput(values: Float64Array): Float64Array {
    const out = new Float64Array(this.inputs);
    sourcesOf(this.#tables).forEach((input, at) => {
      out[input] += values[at];
    });
    return out;
  }

  /**
   * The rest of the bytes after their header.
   * @throws MW_MODEL_CORRUPT
   */
  static read(
    reader: ByteReader,
    header: { readonly inputs: number; readonly outputs: number; readonly task: Task; readonly version: number },
    load: (bytes: Uint8Array) => ForestModel,
  ): StatisticsModel {
    const tables: (CategoryTable | null)[] = [];
    for (let j = 0; j < header.inputs; j++) {
      const kind = reader.u8();
      if (kind > BESIDE) corrupt('They name no kind of feature');
      if (kind === 0) tables.push(null);
      else {
        const prior = reader.f64s();
        const values = reader.f64s();
        if (prior.length === 0 || values.length % prior.length !== 0) corrupt('Their statistics do not fit together');
        tables.push({ width: prior.length, keepsCode: kind === BESIDE, prior, values });
      }
    }
    const model = load(reader.u8s());
    reader.finish();
    const inputs = tables.reduce((sum, table) => sum + widthOf(table), 0);
    if (model.inputs !== inputs || model.outputs !== header.outputs || model.task !== header.task)
      corrupt('Their parts do not fit together');
    return new StatisticsModel(model, tables, header.version);
  }
}
