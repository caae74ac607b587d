import { type OptionSpecs, resolveOptions } from '../../base/options.js';
import { random, shuffle } from '../../base/random.js';
import { checkTraining } from '../data.js';
import type { Estimator, FitContext, Model, Needs, TrainingData } from '../estimator.js';
import { needsOf, sameNeeds } from '../needs.js';
import { takeMatrixRows } from '../sparse.js';
import type { EnsembleKind } from './ensemble.js';
import { columnsFrom, EnsembleModel, memberOutputs } from './ensemble-model.js';
import { ensembleName, memberPrefixes } from './ensemble-name.js';

interface Part {
  readonly estimator: Estimator;
  readonly prefix: string;
}

/** A member, and which of the ensemble's needs its inputs are encoded for. */
interface PlacedPart extends Part {
  readonly need: number;
}

/**
 * Several estimators as one. Its parameters are those of its kind and, each behind the member's name ('gbdt.leaves'), those of its
 * members; its inputs are encoded once for each of the members' different needs, one after another.
 */
export function ensembleEstimator(
  kind: EnsembleKind,
  members: readonly Estimator[],
  load: (bytes: Uint8Array) => Model,
): Estimator {
  const names = members.map(({ name }) => name);
  const name = ensembleName(kind.name, names);
  const prefixes = memberPrefixes(names);
  const plainParts = members.map((estimator, m): Part => ({ estimator, prefix: prefixes[m] }));
  const byDefault = differentNeeds(members.map((member) => member.needs));
  const self: Estimator = {
    name,
    doc: kind.doc,
    tasks: kind.tasks.filter((task) => members.every(({ tasks }) => tasks.includes(task))),
    params: ensembleParams(kind, plainParts),
    needs: byDefault[0],
    ...(byDefault.length > 1 ? { memberNeeds: byDefault } : {}),
    needsFor: (params) => differentNeeds(plainParts.map((part) => needsOfPart(part, params))),
    async fit(data, params, context) {
      const resolved = resolveOptions(name, self.params, params) as Readonly<Record<string, unknown>>;
      checkTraining(self, data, context);
      const needs = differentNeeds(plainParts.map((part) => needsOfPart(part, resolved)));
      const parts = plainParts.map((part): PlacedPart => {
        const wanted = needsOfPart(part, resolved);
        return { ...part, need: needs.findIndex((need) => sameNeeds(need, wanted)) };
      });
      const own = Object.fromEntries(Object.keys(kind.params).map((key) => [key, resolved[key]]));
      const folds = Math.min(kind.folds(own), data.matrix.rows);
      const steps = parts.length * (1 + (folds > 1 ? folds : 0));
      let done = 0;
      const fitPart = (part: PlacedPart, m: number, rows: TrainingData, seed: string): Promise<Model> =>
        part.estimator.fit(partData(rows, part, needs.length), memberParams(part, resolved), {
          ...memberContext(context, part, needs.length),
          seed: random(context.seed).fork(`member ${m}`).fork(seed).uint32(),
          onProgress: (progress) => {
            const share = progress.total ? progress.done / progress.total : 0;
            context.onProgress?.({ step: 'fit', done: Math.min(steps, done + share), total: steps, note: part.prefix });
          },
        });
      const fitted: Model[] = [];
      for (const [m, part] of parts.entries()) {
        fitted.push(await fitPart(part, m, data, 'whole'));
        done++;
      }
      const outputs = fitted[0].outputs;
      let learnt: Parameters<EnsembleKind['fit']>[4];
      if (folds > 1) {
        const seen = parts.map(() => new Float64Array(data.matrix.rows * outputs));
        for (const [f, held] of heldOut(data.matrix.rows, folds, context.seed).entries()) {
          const inside = new Uint8Array(data.matrix.rows).fill(1);
          for (const row of held) inside[row] = 0;
          const rest = takeTraining(
            data,
            Uint32Array.from(inside.keys()).filter((row) => inside[row] === 1),
          );
          const out = takeTraining(data, held);
          for (const [m, part] of parts.entries()) {
            const model = await fitPart(part, m, rest, `fold ${f}`);
            const predicted = model.predict(partData(out, part, needs.length).matrix);
            held.forEach((row, i) => seen[m].set(predicted.subarray(i * outputs, (i + 1) * outputs), row * outputs));
            done++;
          }
        }
        const values = memberOutputs(seen, data.matrix.rows, outputs);
        const outOfFold = { rows: data.matrix.rows, members: parts.length, outputs, values };
        learnt = { outOfFold, target: data.target, ...(data.weight ? { weight: data.weight } : {}) };
      }
      const combiner = await kind.fit(context.task, parts.length, outputs, own, learnt, context);
      return new EnsembleModel({
        estimator: name,
        task: context.task,
        inputs: data.matrix.columns.length,
        members: fitted.map((model, m) => ({ model, first: firstColumn(data, parts[m], needs.length) })),
        combiner,
        summary: Object.fromEntries(
          fitted.flatMap(({ summary }, m) =>
            Object.entries(summary).map(([key, value]) => [`${parts[m].prefix}.${key}`, value]),
          ),
        ),
      });
    },
    load: (bytes) => EnsembleModel.load(bytes, name, kind, names, load),
  };
  return Object.freeze(self);
}

function ensembleParams(kind: EnsembleKind, parts: readonly Part[]): OptionSpecs {
  const entries = parts.flatMap(({ estimator, prefix }) =>
    Object.entries(estimator.params).map(([key, spec]) => [`${prefix}.${key}`, spec] as const),
  );
  return Object.freeze({ ...kind.params, ...Object.fromEntries(entries) });
}

function memberParams(
  { estimator, prefix }: Part,
  resolved: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(estimator.params).map((key) => [key, resolved[`${prefix}.${key}`]]));
}

/** What the members of an ensemble are told: neither how far nor from where on, since their fits are not the ensemble's. */
function memberContext(
  { task, classes, signal, validation }: FitContext,
  part: PlacedPart,
  needs: number,
): Omit<FitContext, 'seed'> {
  const base = { task, classes, ...(signal ? { signal } : {}) };
  return validation ? { ...base, validation: partData(validation, part, needs) } : base;
}

/** The rows with the columns that are encoded for the member. */
function partData(data: TrainingData, part: PlacedPart, needs: number): TrainingData {
  const { matrix } = data;
  const first = firstColumn(data, part, needs);
  const next = needs === 1 || !matrix.parts ? matrix.columns.length : (matrix.parts[part.need + 1] ?? matrix.columns.length);
  return { ...data, matrix: columnsFrom(matrix, first, next - first) };
}

/** A matrix without parts is one that suits all members. */
function firstColumn({ matrix }: TrainingData, part: PlacedPart, needs: number): number {
  return needs === 1 || !matrix.parts ? 0 : (matrix.parts[part.need] as number);
}

/** What a member needs with its parameters among the ensemble's. A member is no ensemble, so its needs are one. */
const needsOfPart = (part: Part, params: Readonly<Record<string, unknown>>): Needs =>
  needsOf(part.estimator, memberParams(part, params))[0];

/** Members that differ in sparse columns alone share their inputs, which are dense then. */
function differentNeeds(all: readonly Needs[]): Needs[] {
  const found: Needs[] = [];
  for (const needs of all) {
    const at = found.findIndex((known) => sameNeeds(known, needs));
    if (at < 0) found.push(needs);
    else if (!needs.sparse) found[at] = needs;
  }
  return found;
}

/** The rows of each fold, drawn at random. */
function heldOut(rows: number, folds: number, seed: number): Uint32Array[] {
  const order = shuffle(
    Int32Array.from({ length: rows }, (_, i) => i),
    random(seed).fork('stack folds'),
  );
  return Array.from({ length: folds }, (_, f) => Uint32Array.from(order.filter((_row, place) => place % folds === f)).sort());
}

function takeTraining(data: TrainingData, rows: Uint32Array): TrainingData {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  return {
    ...data,
    matrix: takeMatrixRows(data.matrix, rows),
    target: pick(data.target),
    ...(data.weight ? { weight: pick(data.weight) } : {}),
  };
}
