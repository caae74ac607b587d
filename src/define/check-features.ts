import { milliseconds } from '../base/duration.js';
import type { ColumnKind } from '../frame/column.js';
import { kindOfType } from '../types/catalogue.js';
import { checkColumns, columnNamed } from './check-sources.js';
import { duplicate, invalid, type Place, unknown, wrongType } from './complain.js';
import { checkedKind } from './expression-kind.js';
import { featureType } from './feature-set.js';
import type { AggregatePlan, ColumnPlan, FeaturePlan, SourcePlan, SystemPlan, ViewPlan } from './plan.js';
import { kindsOf } from './row.js';

/** The source of that name. */
export function sourceNamed(place: Place, plan: SystemPlan, name: string): SourcePlan {
  if (!Object.hasOwn(plan.sources, name))
    unknown(place, `There is no source '${name}'.`, name, Object.keys(plan.sources), 'Sources');
  return plan.sources[name] as SourcePlan;
}

/** The request's columns are those of the label's rows, since history is asked the same questions as the request. */
export function checkRequest(plan: SystemPlan): void {
  const { time, columns } = plan.request;
  const place = 'request';
  checkColumns(place, columns);
  if (time !== null) {
    const { type } = columnNamed(`${place}.time`, 'The request', columns, time);
    if (type !== 'timestamp') wrongType(`${place}.time`, `'${time}' is not a timestamp column; it is a ${type} column.`);
  }
  const source = sourceNamed('label', plan, plan.label.source);
  for (const [name, column] of Object.entries(columns)) {
    const there = columnNamed(
      `${place}.${name}`,
      `Source '${source.name}', which has the label,`,
      source.contract.columns,
      name,
    );
    sameKind(`${place}.${name}`, `'${name}' of the request`, column, `'${name}' of source '${source.name}'`, there);
  }
}

function sameKind(place: Place, one: string, a: ColumnPlan, other: string, b: ColumnPlan): void {
  if (kindOfType(a.type) !== kindOfType(b.type)) wrongType(place, `${one} is a ${a.type} and ${other} a ${b.type}.`);
}

export function checkViews(plan: SystemPlan): void {
  const seen = new Set<string>();
  const outputs = new Set<string>(Object.keys(plan.request.columns));
  for (const view of plan.views) {
    const place = `views.${view.name}`;
    if (seen.has(view.name)) duplicate(place, `There are two views named '${view.name}'.`, 'Give one a prefix or a name.');
    seen.add(view.name);
    const source = sourceNamed(place, plan, view.source);
    if (source.time === null) invalid(place, `Source '${source.name}' has no event time, so it has no windows.`);
    checkKeys(place, plan, view, source);
    const kinds = kindsOf(source.contract.columns);
    const names = new Set<string>();
    for (const aggregate of view.aggregates) {
      if (names.has(aggregate.name)) duplicate(place, `View '${view.name}' has two aggregates named '${aggregate.name}'.`);
      names.add(aggregate.name);
      checkAggregate(`${place}.${aggregate.name}`, aggregate, kinds);
    }
    prefixOf(view);
    for (const { windows } of view.aggregates)
      for (const { feature } of windows) {
        if (outputs.has(feature))
          duplicate(place, `There are two columns or features named '${feature}'.`, 'Rename one, or give a view a prefix.');
        outputs.add(feature);
      }
  }
}

function checkKeys(place: Place, plan: SystemPlan, view: ViewPlan, source: SourcePlan): void {
  const looked = new Set<string>();
  for (const { column, request } of view.by) {
    const own = columnNamed(`${place}.by`, `Source '${source.name}'`, source.contract.columns, column);
    if (own.type === 'timestamp' || own.type === 'text')
      wrongType(`${place}.by`, `'${column}' is a ${own.type} column and cannot identify an entity.`);
    const asked = columnNamed(`${place}.by`, 'The request', plan.request.columns, request);
    sameKind(`${place}.by`, `'${column}' of source '${source.name}'`, own, `'${request}' of the request`, asked);
    if (looked.has(column)) duplicate(`${place}.by`, `View '${view.name}' names '${column}' twice.`);
    looked.add(column);
  }
}

function checkAggregate(place: Place, aggregate: AggregatePlan, kinds: Readonly<Record<string, ColumnKind>>): void {
  const { op, value, where, windows } = aggregate;
  if ((op === 'count') !== (value === null)) invalid(place, op === 'count' ? 'count takes no value.' : `${op} needs a value.`);
  if (value !== null) {
    const kind = checkedKind(value, kinds, place);
    if (kind !== 'number') wrongType(place, `${op} needs numbers, and its value is a ${kind}.`);
  }
  if (where !== null) {
    const kind = checkedKind(where, kinds, `${place}.where`);
    if (kind !== 'boolean') wrongType(`${place}.where`, `The condition of '${aggregate.name}' is a ${kind}.`);
  }
  for (const { span } of windows) if (span <= 0) invalid(place, 'A window must be longer than nothing.');
}

/** What stands before the names of a view's features; null for nothing. The form is `prefix_name_window` throughout. */
export function prefixOf(view: ViewPlan): string | null {
  let prefix: string | null | undefined;
  for (const { name, windows } of view.aggregates) {
    for (const { feature, span } of windows) {
      const parts = new RegExp(`^(?:(.+)_)?${name.replace(/[^\w]/g, '\\$&')}_(\\d+(?:ms|s|m|h|d|w))$`).exec(feature);
      const own = parts?.[1] ?? null;
      if (!parts || milliseconds(parts[2] as string) !== span || (prefix !== undefined && own !== prefix))
        invalid(
          `views.${view.name}.${name}`,
          `'${feature}' is not the name of '${name}' over ${span} ms.`,
          'Features of a view are named prefix_name_window, for example origin_lateRate_3h.',
        );
      prefix = own;
    }
  }
  return prefix ?? null;
}

export function checkFeatures(plan: SystemPlan): void {
  const windows = new Map<string, string>();
  for (const view of plan.views)
    for (const { windows: own } of view.aggregates) for (const { feature } of own) windows.set(feature, view.name);
  const kinds: Record<string, ColumnKind> = { ...kindsOf(plan.request.columns) };
  for (const name of windows.keys()) kinds[name] = 'number';
  const seen = new Set<string>();
  for (const feature of plan.features) {
    const place = `features.${feature.name}`;
    if (seen.has(feature.name)) duplicate(place, `There are two features named '${feature.name}'.`);
    seen.add(feature.name);
    checkFeature(place, plan, feature, windows, kinds);
  }
}

function checkFeature(
  place: Place,
  plan: SystemPlan,
  feature: FeaturePlan,
  windows: ReadonlyMap<string, string>,
  kinds: Readonly<Record<string, ColumnKind>>,
): void {
  const { name, type, from } = feature;
  if (from.kind === 'fromRequest') {
    const column = columnNamed(place, 'The request', plan.request.columns, from.column);
    if (from.column !== name) invalid(place, `Feature '${name}' is column '${from.column}' of the request under another name.`);
    if (featureType(column.type) !== type)
      wrongType(place, `Feature '${name}' is a ${type}, but its column is a ${column.type}.`);
    return;
  }
  if (from.kind === 'fromWindow') {
    if (windows.get(name) !== from.view)
      unknown(place, `View '${from.view}' has no feature '${name}'.`, name, [...windows.keys()], 'Features of views');
    if (type !== 'number') wrongType(place, `Feature '${name}' is a ${type}, but windows give numbers.`);
    return;
  }
  if (Object.hasOwn(kinds, name))
    duplicate(place, `'${name}' is a column or a window already.`, 'Give the derived feature another name.');
  const kind = checkedKind(from.expression, kinds, place);
  const fits = kind === 'string' ? type === 'category' : kind === type;
  if (!fits) wrongType(place, `Feature '${name}' is a ${type}, but its expression gives a ${kind}.`);
}
