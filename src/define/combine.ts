import { emptyRecord } from '../base/record.js';
import { column } from '../frame/expression.js';
import { called, duplicate, invalid, shown, unknown } from './complain.js';
import { distinct, type FeatureSet, type FeaturesOf, type InputOf, type RequestRowOf } from './feature-set.js';
import { deepFreezeSet } from './features.js';
import type { Flat, Mistake, Name } from './mistake.js';
import type { ColumnPlan, FeaturePlan, RequestPlan, ViewPlan } from './plan.js';
import { type Derived, type DerivedFeatures, derivedFeatures, featureRow } from './request.js';
import { rowOf } from './row.js';
import { expressionFrom, type RowExpression, type RowExpressions } from './row-expressions.js';
import type { Source } from './source.js';

type Sets = readonly FeatureSet[];
type Merged<S extends Sets> = S extends readonly [infer First, ...infer Rest extends Sets]
  ? FeaturesOf<First> & Merged<Rest>
  : unknown;
type MergedRow<S extends Sets> = S extends readonly [infer First, ...infer Rest extends Sets]
  ? RequestRowOf<First> & MergedRow<Rest>
  : unknown;
type MergedInput<S extends Sets> = S extends readonly [infer First, ...infer Rest extends Sets]
  ? InputOf<First> & MergedInput<Rest>
  : unknown;
/** Names that two sets share: a mistake that quotes them. */
type NoTwice<S extends Sets, Seen = never> = S extends readonly [infer First, ...infer Rest extends Sets]
  ? [Extract<Name<FeaturesOf<First>>, Seen>] extends [never]
    ? NoTwice<Rest, Seen | Name<FeaturesOf<First>>>
    : Mistake<`two sets have the feature '${Extract<Name<FeaturesOf<First>>, Seen>}': give one a prefix`>
  : unknown;

// biome-ignore format: an empty record as the default
type NoneDerived = {};

/**
 * Feature sets as one, with features derived from theirs (`f`) and from the columns of the request (`r`).
 * @throws MW_DEFINE_DUPLICATE when two sets have a feature or view of the same name, MW_DEFINE_* on other mistakes
 */
export function combine<const S extends Sets, const D extends Derived = NoneDerived>(
  sets: S & NoTwice<S>,
  derive?: (f: RowExpressions<Merged<S>>, r: RowExpressions<MergedRow<S>>) => D,
): FeatureSet<Flat<Merged<S> & DerivedFeatures<D>>, Flat<MergedInput<S>>, Flat<MergedRow<S>>> {
  const place = 'combine';
  const given: unknown = sets;
  if (!Array.isArray(given) || given.length === 0) invalid(place, `combine takes a list of feature sets, not ${shown(sets)}.`);
  const sources = new Map<string, Source>();
  const views = new Map<string, ViewPlan>();
  const features = new Map<string, FeaturePlan>();
  const keys = emptyRecord<ColumnPlan>();
  const categories = emptyRecord<readonly string[] | null>();
  let request: RequestPlan | null = null;
  for (const set of given as Sets) {
    const one: unknown = set;
    if (typeof one !== 'object' || one === null || (one as FeatureSet).kind !== 'features')
      invalid(
        place,
        `combine takes feature sets, not ${shown(set)}.`,
        'Make them with features(...), request(...) or combine(...).',
      );
    for (const source of set.sources) {
      if (sources.has(source.name) && sources.get(source.name) !== source)
        duplicate(place, `There are two sources named '${source.name}'.`, 'Rename one of them.');
      sources.set(source.name, source);
    }
    for (const view of set.views) {
      if (views.has(view.name)) duplicate(place, `There are two views named '${view.name}'.`, 'Give one a prefix or a name.');
      views.set(view.name, view);
    }
    for (const feature of set.features) {
      if (features.has(feature.name))
        duplicate(place, `Two sets have the feature '${feature.name}'.`, 'Rename one of them, or give a view a prefix.');
      features.set(feature.name, feature);
    }
    if (set.request && request) duplicate(place, 'There are two requests.', 'Put all that arrives with a request into one.');
    request ??= set.request;
    for (const [name, plan] of Object.entries(set.keys)) keys[name] ??= plan;
    Object.assign(categories, set.categories);
  }
  if (derive !== undefined) {
    const row = Object.fromEntries(
      [...features.values()].map((feature) => [feature.name, featureExpression(feature, categories)]),
    );
    const made = called<[unknown, unknown], unknown>(place, derive)(
      featureRow<Merged<S>>(place, row),
      rowOf('the request', { ...keys, ...request?.columns }),
    );
    for (const feature of derivedFeatures(place, made)) {
      if (features.has(feature.name))
        duplicate(place, `There is a feature '${feature.name}' already.`, 'Give the derived feature another name.');
      features.set(feature.name, feature);
    }
  }
  return deepFreezeSet({
    kind: 'features',
    sources: [...sources.values()],
    views: [...views.values()],
    request,
    keys,
    features: [...features.values()],
    categories,
  });
}

/** A feature as an expression; a derived one stands for what it is made of, so that plans never chain. */
function featureExpression(
  feature: FeaturePlan,
  categories: Readonly<Record<string, readonly string[] | null>>,
): RowExpression {
  const kind = feature.type === 'category' || feature.type === 'text' ? 'string' : feature.type;
  if (feature.from.kind === 'fromExpression') return expressionFrom(feature.from.expression, kind);
  const name = feature.from.kind === 'fromRequest' ? feature.from.column : feature.name;
  return expressionFrom(column(name), kind, categories[feature.name] ?? null);
}

/**
 * Only the named features of a set, in that order; views keep what derived features need.
 * @throws MW_DEFINE_UNKNOWN, MW_DEFINE_DUPLICATE
 */
export function select<F, I, R, const K extends Name<F>>(
  set: FeatureSet<F, I, R>,
  names: readonly K[],
): FeatureSet<{ readonly [N in K]: F[N] }, I, R> {
  const place = 'select';
  const given: unknown = set;
  if (typeof given !== 'object' || given === null || (given as FeatureSet).kind !== 'features')
    invalid(place, `select takes a feature set, not ${shown(set)}.`);
  const listed: unknown = names;
  if (!Array.isArray(listed) || listed.length === 0) invalid(place, `select takes a list of features, not ${shown(names)}.`);
  distinct(place, listed, 'features', 'Name each feature once.');
  const all = new Map(set.features.map((feature) => [feature.name, feature]));
  const features = (listed as readonly unknown[]).map(
    (name) =>
      all.get(name as string) ??
      unknown(place, `There is no feature ${shown(name)}.`, String(name), [...all.keys()], 'Features'),
  );
  const { sources, views, request, keys, categories } = set;
  return deepFreezeSet({ kind: 'features', sources, views, request, keys, features, categories });
}
