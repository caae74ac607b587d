import type { ColumnKind, Scalar } from '../frame/column.js';
import { type Call, type ColumnReference, type Expression, type Literal, OPERATIONS } from '../frame/expression.js';
import { CALIBRATION_METHODS } from '../models/calibration/calibration.js';
import { COLUMN_TYPES } from '../types/catalogue.js';
import { READING_VALUES } from '../types/check-reading.js';
import { SEVERITIES } from './checks.js';
import { shown } from './complain.js';
import type {
  AggregatePlan,
  CandidatePlan,
  CheckPlan,
  ColumnPlan,
  ConnectorPlan,
  ContractPlan,
  FeaturePlan,
  GatePlan,
  KeyPlan,
  LabelPlan,
  ProblemPlan,
  ReadingPlan,
  RequestPlan,
  RetrainPlan,
  SearchPlan,
  ServePlan,
  SignalPlan,
  SourcePlan,
  SpacePlan,
  SplitPlan,
  StrategyPlan,
  SystemPlan,
  TrainPlan,
  ValuePlan,
  ViewPlan,
  WindowPlan,
} from './plan.js';
import {
  aBoolean,
  aCount,
  aName,
  aNumber,
  aScalar,
  aSpan,
  aText,
  aWord,
  exactly,
  list,
  misshapen,
  object,
  oneKind,
  orNull,
  record,
  type Shape,
} from './shape.js';
import { spellingFix } from './spelling-fix.js';
import { STRATEGIES, type StrategyName } from './strategies.js';

const kind = <const K extends string>(name: K) => exactly(name);

/** Deeper nesting than any person writes; keeps hostile data from exhausting the stack. */
const DEEPEST = 100;
const literalOf: Readonly<Record<ColumnKind, string>> = {
  number: 'number',
  timestamp: 'number',
  boolean: 'boolean',
  string: 'string',
};
const columnReference: Shape<ColumnReference> = object<ColumnReference>({ kind: kind('column'), name: aName });
const literalShape: Shape<Literal> = (value, path) => {
  object<Literal>({
    kind: kind('literal'),
    type: aWord('number', 'timestamp', 'boolean', 'string'),
    value: orNull(aScalar) as Shape<Scalar>,
  })(value, path);
  const { type, value: given } = value as Literal;
  if (given !== null && typeof given !== literalOf[type]) misshapen(path, `${path} must be a ${type}, not ${shown(given)}.`);
  if (type === 'timestamp' && given !== null && (!Number.isInteger(given) || Math.abs(given as number) > 8.64e15))
    misshapen(path, `${path} must be a moment of the calendar in whole ms, not ${shown(given)}.`);
};
export const expression: Shape<Expression> = (value, path) => {
  const depth = path.split('.args').length;
  if (depth > DEEPEST) misshapen(path.slice(0, 80), 'An expression is nested too deeply.');
  oneKind<Expression, 'kind'>('kind', { column: columnReference, literal: literalShape, call: callShape })(value, path);
};
const callShape: Shape<Call> = (value, path) => {
  const names = Object.keys(OPERATIONS);
  object<Call>({ kind: kind('call'), op: aName as Shape<Call['op']>, args: list(expression, 1) })(value, path);
  const { op, args } = value as Call;
  if (!Object.hasOwn(OPERATIONS, op)) misshapen(path, `There is no operation '${op}'.`, spellingFix(op, names, 'Operations'));
  const { arity } = OPERATIONS[op];
  if (arity >= 0 && args.length !== arity) misshapen(path, `${op} takes ${arity} arguments, not ${args.length}.`);
};

const reading: Shape<ReadingPlan> = object<ReadingPlan>(
  {
    missing: list(aName, 1),
    decimal: aWord(...READING_VALUES.decimal),
    group: aWord(...READING_VALUES.group),
    unit: aName,
    dates: aWord(...READING_VALUES.dates),
  },
  ['missing', 'decimal', 'group', 'unit', 'dates'],
);
const columnPlan: Shape<ColumnPlan> = object<ColumnPlan>(
  {
    kind: kind('column'),
    type: aWord(...COLUMN_TYPES),
    categories: orNull(list(aText, 1)),
    nullable: aBoolean,
    reads: reading,
  },
  ['reads'],
);
const connector: Shape<ConnectorPlan> = object<ConnectorPlan>({
  kind: kind('connector'),
  format: aWord('csv', 'json', 'jsonl', 'parquet', 'arrow', 'duckdb'),
  path: aName,
  options: object<ConnectorPlan['options']>(
    {
      delimiter: aName,
      quote: aName,
      header: aBoolean,
      escape: aName,
      comment: aName,
      skip: aCount,
      encoding: aName,
      missing: list(aText),
      query: aName,
    },
    ['delimiter', 'quote', 'header', 'escape', 'comment', 'skip', 'encoding', 'missing', 'query'],
  ),
});

const onFail = aWord(...SEVERITIES);
type CheckOf<K extends CheckPlan['check']> = Extract<CheckPlan, { readonly check: K }>;
const checkBase = <const K extends CheckPlan['check']>(check: K) => ({ kind: kind('check'), onFail, check: exactly(check) });
const bounds = { low: orNull(aNumber), high: orNull(aNumber) };
const check: Shape<CheckPlan> = oneKind<CheckPlan, 'check'>('check', {
  type: object<CheckOf<'type'>>({ ...checkBase('type'), column: aName }),
  notNull: object<CheckOf<'notNull'>>({ ...checkBase('notNull'), column: aName, atMost: aNumber }),
  between: object<CheckOf<'between'>>({ ...checkBase('between'), column: aName, ...bounds }),
  oneOf: object<CheckOf<'oneOf'>>({ ...checkBase('oneOf'), column: aName, values: list(aText, 1) }),
  matches: object<CheckOf<'matches'>>({ ...checkBase('matches'), column: aName, pattern: aName }),
  unique: object<CheckOf<'unique'>>({ ...checkBase('unique'), columns: list(aName, 1) }),
  freshWithin: object<CheckOf<'freshWithin'>>({ ...checkBase('freshWithin'), column: aName, span: aSpan }),
  rowCount: object<CheckOf<'rowCount'>>({ ...checkBase('rowCount'), ...bounds }),
  monotone: object<CheckOf<'monotone'>>({ ...checkBase('monotone'), column: aName }),
  references: object<CheckOf<'references'>>({
    ...checkBase('references'),
    columns: list(aName, 1),
    source: aName,
    target: list(aName, 1),
  }),
  holds: object<CheckOf<'holds'>>({ ...checkBase('holds'), name: aName, expression }),
  sql: object<CheckOf<'sql'>>({ ...checkBase('sql'), name: aName, query: aName }),
});

/** A contract alone, as `validate --against` reads it. */
export const contractShape: Shape<ContractPlan> = object<ContractPlan>({
  kind: kind('contract'),
  columns: record(columnPlan),
  checks: list(check),
});

const source: Shape<SourcePlan> = object<SourcePlan>({
  kind: kind('source'),
  name: aName,
  from: connector,
  key: list(aName),
  time: orNull(aName),
  availableAt: orNull(expression),
  contract: contractShape,
});

const view: Shape<ViewPlan> = object<ViewPlan>({
  kind: kind('view'),
  name: aName,
  source: aName,
  by: list(object<KeyPlan>({ kind: kind('key'), column: aName, request: aName })),
  aggregates: list(
    object<AggregatePlan>({
      kind: kind('aggregate'),
      name: aName,
      op: aWord('count', 'sum', 'mean', 'variance', 'min', 'max', 'last'),
      value: orNull(expression),
      where: orNull(expression),
      windows: list(object<WindowPlan>({ kind: kind('window'), span: aSpan, feature: aName }), 1),
    }),
    1,
  ),
});

type From = FeaturePlan['from'];
type FromOf<K extends From['kind']> = Extract<From, { readonly kind: K }>;
const feature: Shape<FeaturePlan> = object<FeaturePlan>({
  kind: kind('feature'),
  name: aName,
  type: aWord('number', 'boolean', 'category', 'text'),
  from: oneKind<From, 'kind'>('kind', {
    fromRequest: object<FromOf<'fromRequest'>>({ kind: kind('fromRequest'), column: aName }),
    fromWindow: object<FromOf<'fromWindow'>>({ kind: kind('fromWindow'), view: aName }),
    fromExpression: object<FromOf<'fromExpression'>>({ kind: kind('fromExpression'), expression }),
  }),
});

const problem: Shape<ProblemPlan> = object<ProblemPlan>({
  kind: kind('problem'),
  task: aWord('binary', 'multiclass', 'regression'),
  objective: aText,
  decision: aText,
  risk: aWord('low', 'medium', 'high'),
  latency: orNull(aSpan),
  value: orNull(
    object<ValuePlan>({
      kind: kind('value'),
      truePositive: aNumber,
      falsePositive: aNumber,
      falseNegative: aNumber,
      trueNegative: aNumber,
      capacity: orNull(aNumber),
      currency: aName,
    }),
  ),
});

type SplitOf<K extends SplitPlan['kind']> = Extract<SplitPlan, { readonly kind: K }>;
const split: Shape<SplitPlan> = oneKind<SplitPlan, 'kind'>('kind', {
  timeSplit: object<SplitOf<'timeSplit'>>({
    kind: kind('timeSplit'),
    column: aName,
    from: aNumber,
    validationFrom: aNumber,
    testFrom: aNumber,
    to: aNumber,
    gap: aSpan,
  }),
  randomSplit: object<SplitOf<'randomSplit'>>({ kind: kind('randomSplit'), test: aNumber, validation: aNumber }),
  foldSplit: object<SplitOf<'foldSplit'>>({
    kind: kind('foldSplit'),
    test: aNumber,
    folds: aCount,
    column: orNull(aName),
    gap: aSpan,
  }),
});

type SpaceOf<K extends SpacePlan['kind']> = Extract<SpacePlan, { readonly kind: K }>;
const range = { low: aNumber, high: aNumber };
const space: Shape<SpacePlan> = oneKind<SpacePlan, 'kind'>('kind', {
  intSpace: object<SpaceOf<'intSpace'>>({ kind: kind('intSpace'), ...range }),
  uniformSpace: object<SpaceOf<'uniformSpace'>>({ kind: kind('uniformSpace'), ...range }),
  logUniformSpace: object<SpaceOf<'logUniformSpace'>>({ kind: kind('logUniformSpace'), ...range }),
  choiceSpace: object<SpaceOf<'choiceSpace'>>({ kind: kind('choiceSpace'), choices: list(aScalar, 1) }),
});
const param: Shape<CandidatePlan['params'][string]> = (value, path) =>
  typeof value === 'object' ? space(value, path) : aScalar(value, path);

const train: Shape<TrainPlan> = object<TrainPlan>(
  {
    kind: kind('train'),
    split,
    sample: orNull(aCount),
    candidates: list(object<CandidatePlan>({ kind: kind('candidate'), estimator: aName, params: record(param) }), 1),
    search: object<SearchPlan>(
      {
        kind: kind('search'),
        by: aName,
        trials: aCount,
        timeBudget: orNull(aSpan),
        seed: aNumber,
        strategy: object<StrategyPlan>({
          kind: kind('strategy'),
          name: aWord(...(Object.keys(STRATEGIES) as StrategyName[])),
          options: record(aNumber),
        }),
        workers: aCount,
      },
      ['strategy', 'workers'],
    ),
    calibrate: aWord(...CALIBRATION_METHODS),
  },
  ['calibrate'],
);

type GateOf<K extends GatePlan['gate']> = Extract<GatePlan, { readonly gate: K }>;
const gateBase = <const K extends GatePlan['gate']>(gate: K) => ({ kind: kind('gate'), gate: exactly(gate) });
const gate: Shape<GatePlan> = oneKind<GatePlan, 'gate'>('gate', {
  metric: object<GateOf<'metric'>>({ ...gateBase('metric'), metric: aName, ...bounds }),
  beatsChampion: object<GateOf<'beatsChampion'>>({
    ...gateBase('beatsChampion'),
    metric: aName,
    by: aNumber,
    confidence: aNumber,
  }),
  slice: object<GateOf<'slice'>>({ ...gateBase('slice'), feature: aName, metric: aName, dropAtMost: aNumber }),
  latency: object<GateOf<'latency'>>({ ...gateBase('latency'), p99: aSpan }),
});

type SignalOf<K extends SignalPlan['signal']> = Extract<SignalPlan, { readonly signal: K }>;
const signalBase = <const K extends SignalPlan['signal']>(signal: K) => ({
  kind: kind('signal'),
  window: aSpan,
  signal: exactly(signal),
});
const signal: Shape<SignalPlan> = oneKind<SignalPlan, 'signal'>('signal', {
  drift: object<SignalOf<'drift'>>({ ...signalBase('drift'), of: aName, test: kind('psi'), above: aNumber }),
  quality: object<SignalOf<'quality'>>({
    ...signalBase('quality'),
    metric: aName,
    below: orNull(aNumber),
    above: orNull(aNumber),
  }),
  latency: object<SignalOf<'latency'>>({ ...signalBase('latency'), p99: aSpan }),
  errors: object<SignalOf<'errors'>>({ ...signalBase('errors'), above: aNumber }),
});

/** The form of a whole plan; the compiler holds it complete against the types of plan.ts. */
export const planShape: Shape<SystemPlan> = object<SystemPlan>({
  kind: kind('system'),
  format: exactly(1),
  name: aName,
  problem,
  sources: record(source),
  views: list(view),
  request: object<RequestPlan>({ kind: kind('request'), time: orNull(aName), columns: record(columnPlan) }),
  features: list(feature, 1),
  label: object<LabelPlan>({ kind: kind('label'), source: aName, expression, positive: orNull(aText) }),
  train,
  accept: list(gate),
  serve: object<ServePlan>({
    kind: kind('serve'),
    whenMissing: record(aScalar as Shape<Scalar>),
    maxRows: aCount,
  }),
  watch: record(signal),
  retrain: orNull(object<RetrainPlan>({ kind: kind('retrain'), on: list(aName, 1), atMostEvery: aSpan, shadow: aSpan })),
});
