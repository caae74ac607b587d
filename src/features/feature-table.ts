import { fail } from '../base/error.js';
import { emptyRecord } from '../base/record.js';
import type { SourcePlan, SystemPlan, ViewPlan } from '../define/plan.js';
import { type Column, type ColumnKind, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';
import { compileRows, kindsOf } from '../frame/compile-expression.js';
import { type Frame, frame, selectColumns, takeRows } from '../frame/frame.js';
import { entityCodes } from '../frame/windows/entity-codes.js';
import { type EventOrder, orderEvents } from '../frame/windows/event-order.js';
import { slideView } from '../frame/windows/slide-view.js';
import { compileView } from '../frame/windows/window-view.js';
import { kindOfType } from '../types/catalogue.js';
import { checkFeatureType, type FeaturesPlan, featureExpression, namesRead } from './feature-row.js';

export interface FeatureTableOptions {
  /** The moment of each spine row, epoch ms; needed when the request has no time column. */
  readonly times?: Float64Array;
  /** Puts the serving plan's substitutes in the place of missing values, as a request gets them; false unless given. */
  readonly asServed?: boolean;
}

/**
 * The features of spine rows in plan order, one row a spine row: number columns for numbers, boolean and string columns for the rest.
 * Windows are as of each row's moment: nothing that was not known then is read. `frames` holds the rows of each source by name;
 * `spine` has the request's columns.
 * @throws MW_FEATURES_SOURCE_MISSING, MW_FEATURES_TIME_MISSING, MW_FEATURES_REQUEST_MISSING and the errors of expressions
 */
export function featureTable(
  plan: FeaturesPlan,
  frames: Readonly<Record<string, Frame>>,
  spine: Frame,
  options: FeatureTableOptions = {},
): Frame {
  checkSpine(plan, spine);
  const names = emptyRecord<Column>();
  for (const name of Object.keys(plan.request.columns)) names[name] = spine.columns[name];
  const orders = new Map<string, EventOrder>();
  const needed = namesRead(plan);
  for (const view of plan.views) {
    if (!windowNames(view).some((name) => needed.has(name))) continue;
    const source = sourceOf(plan, view, frames);
    const order = orders.get(view.source) ?? orderOf(plan.sources[view.source], source);
    orders.set(view.source, order);
    const computed = slideWindows(view, source, order, spine, spineTimes(plan, spine, options));
    for (const [f, name] of windowNames(view).entries()) names[name] = { kind: 'number', values: computed[f] };
  }
  const columns = emptyRecord<Column>();
  for (const feature of plan.features) {
    const found = compileRows(featureExpression(feature))(frame(names, spine.rows));
    checkFeatureType(feature, found.kind);
    if (!Object.hasOwn(names, feature.name)) names[feature.name] = found;
    const substitute = options.asServed ? (plan.serve.whenMissing[feature.name] ?? null) : null;
    columns[feature.name] = substituted(feature.type === 'number' ? asNumbers(found) : found, substitute);
  }
  return frame(columns, spine.rows);
}

/**
 * Rows of the label's source as a spine: the request's columns, which must be among the source's, in the order of `rows`.
 * @throws MW_FEATURES_SOURCE_MISSING, MW_FEATURES_REQUEST_MISSING
 */
export function spineOfLabels(
  plan: Pick<SystemPlan, 'request' | 'label'>,
  frames: Readonly<Record<string, Frame>>,
  rows: Int32Array | Uint32Array,
): Frame {
  const source = frames[plan.label.source];
  if (source === undefined)
    fail('MW_FEATURES_SOURCE_MISSING', {
      what: `The rows of source '${plan.label.source}', which has the label, were not given.`,
    });
  const names = Object.keys(plan.request.columns);
  checkSpine(plan, source);
  return takeRows(selectColumns(source, names), rows);
}

const windowNames = (view: ViewPlan) => view.aggregates.flatMap((one) => one.windows.map((window) => window.feature));

function slideWindows(view: ViewPlan, source: Frame, order: EventOrder, spine: Frame, times: Float64Array): Float64Array[] {
  const eventKeys = view.by.map((key) => source.columns[key.column]);
  const spineKeys = view.by.map((key) => spine.columns[key.request]);
  for (const [k, key] of view.by.entries())
    if (spineKeys[k]?.kind !== eventKeys[k].kind)
      fail('MW_FEATURES_REQUEST_MISSING', {
        what: `View '${view.name}' looks '${key.column}' (${eventKeys[k].kind}) up by '${key.request}', which is ${spineKeys[k] ? `of kind ${spineKeys[k].kind}` : 'not there'}.`,
        where: { view: view.name, column: key.request },
      });
  const codes = entityCodes(eventKeys, source.rows, spineKeys, spine.rows);
  return slideView(compileView(view, kindsOf(source)), source, order, codes, times);
}

function checkSpine(plan: Pick<SystemPlan, 'request'>, spine: Frame): void {
  for (const [name, { type }] of Object.entries(plan.request.columns)) {
    const found: ColumnKind | undefined = Object.hasOwn(spine.columns, name) ? spine.columns[name].kind : undefined;
    if (found !== kindOfType(type))
      fail('MW_FEATURES_REQUEST_MISSING', {
        what: `The request's column '${name}' (${type}) is ${found === undefined ? 'not among the rows' : `of kind ${found}`}.`,
        where: { column: name },
      });
  }
}

function spineTimes(plan: FeaturesPlan, spine: Frame, options: FeatureTableOptions): Float64Array {
  if (options.times) return options.times;
  const { time } = plan.request;
  const column = time === null ? undefined : spine.columns[time];
  if (column?.kind !== 'timestamp')
    fail('MW_FEATURES_TIME_MISSING', {
      what:
        time === null
          ? 'The request has no time column and no moments were given, so there is no moment to look from.'
          : `The request's time column '${time}' is not a timestamp.`,
    });
  return column.values;
}

function sourceOf(plan: FeaturesPlan, view: ViewPlan, frames: Readonly<Record<string, Frame>>): Frame {
  const source = Object.hasOwn(frames, view.source) ? frames[view.source] : undefined;
  if (source === undefined || plan.sources[view.source] === undefined)
    fail('MW_FEATURES_SOURCE_MISSING', {
      what: `View '${view.name}' needs the rows of source '${view.source}', which were not given.`,
      where: { view: view.name, source: view.source },
    });
  const missing = view.by.find((key) => !Object.hasOwn(source.columns, key.column));
  if (missing)
    fail('MW_FEATURES_SOURCE_MISSING', {
      what: `View '${view.name}' is by '${missing.column}', which source '${view.source}' does not have.`,
      where: { view: view.name, source: view.source, column: missing.column },
    });
  return source;
}

function orderOf(plan: SourcePlan, source: Frame): EventOrder {
  const times = plan.time === null ? undefined : source.columns[plan.time];
  if (times?.kind !== 'timestamp')
    fail('MW_FEATURES_TIME_MISSING', {
      what:
        plan.time === null
          ? `Source '${plan.name}' has no time column, so it has no windows.`
          : `The time column '${plan.time}' of source '${plan.name}' is not a timestamp.`,
      where: { source: plan.name },
    });
  const available = plan.availableAt ? compileRows(plan.availableAt)(source) : times;
  if (available.kind !== 'timestamp')
    fail('MW_EXPRESSION_KIND', {
      what: `The availability of source '${plan.name}' is of kind ${available.kind}, not a timestamp.`,
      where: { source: plan.name },
    });
  return orderEvents(times.values, available.values);
}

function asNumbers(column: Column): Column {
  if (column.kind === 'timestamp') return { kind: 'number', values: column.values };
  if (column.kind !== 'boolean') return column;
  return {
    kind: 'number',
    values: Float64Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? Number.NaN : value)),
  };
}

function substituted(column: Column, value: Scalar): Column {
  if (value === null) return column;
  if (column.kind === 'boolean')
    return { kind: 'boolean', values: column.values.map((own) => (own === MISSING_BOOLEAN ? Number(value) : own)) };
  if (column.kind === 'string') {
    const known = column.dictionary.indexOf(String(value));
    const code = known < 0 ? column.dictionary.length : known;
    const dictionary = known < 0 ? [...column.dictionary, String(value)] : column.dictionary;
    return { kind: 'string', codes: column.codes.map((own) => (own < 0 ? code : own)), dictionary };
  }
  return { kind: column.kind, values: column.values.map((own) => (own === own ? own : Number(value))) };
}
