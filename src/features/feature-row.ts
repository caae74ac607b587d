import { fail } from '../base/error.js';
import { emptyRecord } from '../base/record.js';
import type { FeaturePlan, SystemPlan } from '../define/plan.js';
import type { ColumnKind, Scalar } from '../frame/column.js';
import { fromScalar } from '../frame/compile-expression.js';
import { JavaScriptEmitter, quoted } from '../frame/emit-javascript.js';
import { column, columnsRead, type Expression } from '../frame/expression.js';
import type { FeatureStatus, OnlineStore } from '../store/ports.js';
import { kindOfType } from '../types/catalogue.js';

/** What computing features needs to know of a definition. */
export type FeaturesPlan = Pick<SystemPlan, 'sources' | 'views' | 'request' | 'features' | 'serve'>;

/**
 * Writes the features of a request row as of a moment (epoch ms), in plan order: numbers, booleans and strings, null for missing
 * after the substitutes of the plan. NOT_FOUND when any entity is not known. `out` is reused by the caller.
 */
export type FeatureRow = (row: Readonly<Record<string, Scalar>>, at: number, out: Scalar[]) => FeatureStatus;

/** Names that a derived feature may read: request columns, window features, and the features before it. */
export function featureKinds(plan: Pick<FeaturesPlan, 'views' | 'request'>): Record<string, ColumnKind> {
  const kinds = emptyRecord<ColumnKind>();
  for (const [name, { type }] of Object.entries(plan.request.columns)) kinds[name] = kindOfType(type);
  for (const view of plan.views)
    for (const { windows } of view.aggregates) for (const { feature } of windows) kinds[feature] = 'number';
  return kinds;
}

/** The expression that gives a feature, over the names of `featureKinds`. */
export function featureExpression(feature: FeaturePlan): Expression {
  const { from } = feature;
  if (from.kind === 'fromRequest') return column(from.column);
  return from.kind === 'fromWindow' ? column(feature.name) : from.expression;
}

/** All names that the features read: views without any of them need no work. */
export function namesRead(plan: Pick<FeaturesPlan, 'features'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const feature of plan.features) columnsRead(featureExpression(feature), names);
  return names;
}

/** @throws MW_EXPRESSION_KIND when values of that kind cannot be a feature of that type */
export function checkFeatureType(feature: FeaturePlan, kind: ColumnKind): void {
  const fits =
    feature.type === 'number' ? kind !== 'string' : feature.type === 'boolean' ? kind === 'boolean' : kind === 'string';
  if (!fits)
    fail('MW_EXPRESSION_KIND', {
      what: `Feature '${feature.name}' is declared as ${feature.type} and its values are of kind ${kind}.`,
      where: { feature: feature.name },
    });
}

/**
 * Compiles the features of a plan for one request at a time: one read a view, then generated code. Gives the same values as the table of
 * history does.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND, MW_ONLINE_VIEW_UNKNOWN
 */
export function compileFeatureRow(plan: FeaturesPlan, online: OnlineStore): FeatureRow {
  const windowAt = new Map<string, number>();
  const needed = namesRead(plan);
  const used = plan.views.filter((view) => online.featuresOf(view.name).some((feature) => needed.has(feature)));
  const reads = used.map((view) => {
    const offset = windowAt.size;
    for (const feature of online.featuresOf(view.name)) windowAt.set(feature, windowAt.size);
    const key: Scalar[] = view.by.map(() => null);
    return { view: view.name, offset, key, columns: view.by.map((part) => part.request) };
  });
  const windows = new Float64Array(windowAt.size);
  const derive = compileDerived(plan, windowAt);
  const substitutes = plan.features.map(({ name }) => plan.serve.whenMissing[name] ?? null);
  const substituted = Int32Array.from([...substitutes.keys()].filter((index) => substitutes[index] !== null));
  return (row, at, out) => {
    let status: FeatureStatus = 'PRESENT';
    for (let v = 0; v < reads.length; v++) {
      const { view, key, columns, offset } = reads[v];
      for (let k = 0; k < columns.length; k++) key[k] = row[columns[k]] ?? null;
      if (online.read(view, key, at, windows, offset) !== 'PRESENT') status = 'NOT_FOUND';
    }
    derive(row, windows, out);
    for (let s = 0; s < substituted.length; s++) {
      const index = substituted[s];
      if (out[index] === null) out[index] = substitutes[index];
    }
    return status;
  };
}

type Derive = (row: Readonly<Record<string, Scalar>>, windows: Float64Array, out: Scalar[]) => void;

/** Features as JavaScript: the statements of the emitter, and the name and kind of each feature's value in inner form, in plan order. */
export interface EmittedFeatures {
  readonly emitter: JavaScriptEmitter;
  readonly values: readonly { readonly name: string; readonly kind: ColumnKind }[];
}

/**
 * Emits the features of a plan. `bind` gives the JavaScript that reads a request column or a window in inner form.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function emitFeatures(
  plan: Pick<FeaturesPlan, 'views' | 'request' | 'features'>,
  bind: (name: string, kind: ColumnKind) => string,
): EmittedFeatures {
  const kinds = featureKinds(plan);
  const before = new Map<string, string>();
  const emitter = new JavaScriptEmitter(kinds, (name) => before.get(name) ?? bind(name, kinds[name]));
  const values = plan.features.map((feature) => {
    const value = emitter.add(featureExpression(feature));
    checkFeatureType(feature, value.kind);
    if (!Object.hasOwn(kinds, feature.name)) {
      kinds[feature.name] = value.kind;
      before.set(feature.name, value.name);
    }
    return value;
  });
  return { emitter, values };
}

function compileDerived(plan: FeaturesPlan, windowAt: ReadonlyMap<string, number>): Derive {
  const { emitter, values } = emitFeatures(plan, (name, kind) => {
    const at = windowAt.get(name);
    return at === undefined ? fromScalar(kind, `row[${quoted(name)}]`) : `windows[${at}]`;
  });
  const stores = plan.features.map((feature, index) => {
    const { name, kind } = values[index];
    if (kind === 'string') return `out[${index}] = ${name};`;
    if (kind !== 'boolean') return `out[${index}] = ${name} !== ${name} ? null : ${name};`;
    return `out[${index}] = ${name} === 255 ? null : ${feature.type === 'number' ? name : `${name} === 1`};`;
  });
  const { fn, sets } = emitter.environment;
  const body = `return (row, windows, out) => {\n${emitter.statements}\n${stores.join('\n')}\n};`;
  return new Function('fn', 'sets', body)(fn, sets) as Derive;
}
