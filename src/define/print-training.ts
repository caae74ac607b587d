import { kindOf } from '../frame/expression.js';
import { memberPrefixes, parseEnsembleName } from '../models/ensemble/ensemble-name.js';
import { DEFAULT_MAX_ROWS, DEFAULT_SHADOW } from './defaults.js';
import { expressionCode, keyCode, quoted } from './expression-code.js';
import { DEFAULT_CONFIDENCE } from './gates.js';
import type { CandidatePlan, GatePlan, ProblemPlan, SignalPlan, SourcePlan, SpacePlan, SplitPlan } from './plan.js';
import { momentCode, rowScope } from './print-sources.js';
import { durationCode, listCode, optionsCode, type Printing } from './printing.js';
import { DEFAULT_WINDOW } from './signals.js';

type Entries = readonly (readonly [string, string | undefined])[];

/** The code of everything in a system beside its features. */
export function printTraining(printing: Printing): { readonly problem: string; readonly rest: string } {
  const { plan } = printing;
  const source = plan.sources[plan.label.source] as SourcePlan;
  const scope = rowScope(printing, 'r', source.contract.columns);
  const { split, sample, candidates, search } = plan.train;
  const tried = candidates.map((candidate) => `      ${candidateCode(printing, candidate)},\n`);
  const rest = [
    `  label: ${printing.use('labelFrom')}(${printing.sources.get(plan.label.source)}, (r) => ${expressionCode(plan.label.expression, scope)}),`,
    '  train: {',
    `    split: ${splitCode(split)},`,
    ...(sample === null ? [] : [`    sample: ${sample},`]),
    `    candidates: [\n${tried.join('')}    ],`,
    ...(plan.train.calibrate === undefined ? [] : [`    calibrate: ${quoted(plan.train.calibrate)},`]),
    `    search: ${optionsCode([
      ['by', quoted(search.by)],
      ['trials', String(search.trials)],
      ['seed', String(search.seed)],
      ['timeBudget', search.timeBudget === null ? undefined : durationCode(search.timeBudget)],
      ['strategy', search.strategy && quoted(search.strategy.name)],
      ...Object.entries(search.strategy?.options ?? {}).map(([name, value]) => [name, String(value)] as const),
      ['workers', search.workers === undefined ? undefined : String(search.workers)],
    ])},`,
    '  },',
  ];
  if (plan.accept.length > 0)
    rest.push(`  accept: (g) => [\n${plan.accept.map((gate) => `    ${gateCode(gate)},\n`).join('')}  ],`);
  const substitutes = Object.entries(plan.serve.whenMissing).map(
    ([name, value]) => [name, typeof value === 'string' ? quoted(value) : String(value)] as const,
  );
  const serve = optionsCode([
    ['whenMissing', substitutes.length === 0 ? undefined : optionsCode(substitutes)],
    ['maxRows', plan.serve.maxRows === DEFAULT_MAX_ROWS ? undefined : String(plan.serve.maxRows)],
  ]);
  if (serve !== '{}') rest.push(`  serve: ${serve},`);
  const signals = Object.entries(plan.watch).map(([name, signal]) => `    ${keyCode(name)}: ${signalCode(signal)},\n`);
  if (signals.length > 0) rest.push(`  watch: (s) => ({\n${signals.join('')}  }),`);
  if (plan.retrain) {
    const { on, atMostEvery, shadow } = plan.retrain;
    const given: Entries = [
      ['on', listCode(on)],
      ['atMostEvery', durationCode(atMostEvery)],
      ['shadow', shadow === DEFAULT_SHADOW ? undefined : durationCode(shadow)],
    ];
    rest.push(`  retrain: ${optionsCode(given)},`);
  }
  return { problem: problemCode(plan.problem, plan.label.positive, scope.kinds, plan.label.expression), rest: rest.join('\n') };
}

function candidateCode(printing: Printing, { estimator, params }: CandidatePlan): string {
  const given = (entries: readonly (readonly [string, CandidatePlan['params'][string]])[]): string => {
    const code = optionsCode(entries.map(([name, value]) => [name, paramCode(printing, value)]));
    return code === '{}' ? '' : code;
  };
  const ensemble = parseEnsembleName(estimator);
  const entries = Object.entries(params);
  if (!ensemble) return `${printing.use(estimator)}(${given(entries)})`;
  const prefixes = memberPrefixes(ensemble.members);
  const members = ensemble.members.map((name, m) => {
    const prefix = `${prefixes[m]}.`;
    const own = entries
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const);
    return `${printing.use(name)}(${given(own)})`;
  });
  const options = given(entries.filter(([name]) => !name.includes('.')));
  return `${printing.use(ensemble.kind)}([${members.join(', ')}]${options === '' ? '' : `, ${options}`})`;
}

function problemCode(
  { task, objective, decision, risk, latency, value }: ProblemPlan,
  positive: string | null,
  kinds: Parameters<typeof kindOf>[1],
  label: Parameters<typeof kindOf>[0],
): string {
  const boolean = kindOf(label, kinds) === 'boolean';
  const entries: Entries = [
    ['kind', quoted(task)],
    ['positive', positive === null ? undefined : boolean ? (positive === 'true' ? undefined : positive) : quoted(positive)],
    ['objective', objective === '' ? undefined : quoted(objective)],
    ['decision', decision === '' ? undefined : quoted(decision)],
    ['risk', risk === 'low' ? undefined : quoted(risk)],
    ['latency', latency === null ? undefined : durationCode(latency)],
    [
      'value',
      value === null
        ? undefined
        : optionsCode([
            ['truePositive', String(value.truePositive)],
            ['falsePositive', worth(value.falsePositive)],
            ['falseNegative', worth(value.falseNegative)],
            ['trueNegative', worth(value.trueNegative)],
            ['capacity', value.capacity === null ? undefined : String(value.capacity)],
            ['currency', quoted(value.currency)],
          ]),
    ],
  ];
  const there = entries.filter(([, code]) => code !== undefined);
  if (there.length <= 2) return `  problem: ${optionsCode(there)},`;
  return `  problem: {\n${there.map(([name, code]) => `    ${name}: ${code},\n`).join('')}  },`;
}

function splitCode(split: SplitPlan): string {
  const gap: Entries = 'gap' in split ? [['gap', split.gap === 0 ? undefined : durationCode(split.gap)]] : [];
  switch (split.kind) {
    case 'timeSplit':
      return optionsCode([
        ['by', quoted('time')],
        ['column', quoted(split.column)],
        ['from', momentCode(split.from)],
        ['validationFrom', momentCode(split.validationFrom)],
        ['testFrom', momentCode(split.testFrom)],
        ['to', momentCode(split.to)],
        ...gap,
      ]);
    case 'randomSplit':
      return optionsCode([
        ['by', quoted('random')],
        ['test', String(split.test)],
        ['validation', String(split.validation)],
      ]);
    case 'foldSplit':
      return optionsCode([
        ['by', quoted('folds')],
        ['folds', String(split.folds)],
        ['test', String(split.test)],
        ['column', split.column === null ? undefined : quoted(split.column)],
        ...gap,
      ]);
  }
}

function paramCode(printing: Printing, value: number | string | boolean | SpacePlan): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'choiceSpace':
      return `${printing.use('choice')}(${value.choices.map((one) => (typeof one === 'string' ? quoted(one) : String(one))).join(', ')})`;
    case 'intSpace':
      return `${printing.use('int')}(${value.low}, ${value.high})`;
    case 'uniformSpace':
      return `${printing.use('uniform')}(${value.low}, ${value.high})`;
    case 'logUniformSpace':
      return `${printing.use('logUniform')}(${value.low}, ${value.high})`;
  }
}

const worth = (amount: number) => (amount === 0 ? undefined : String(amount));
const metricCode = (metric: string) => (metric === 'value' ? 'g.value()' : `g.metric(${quoted(metric)})`);

function gateCode(gate: GatePlan): string {
  switch (gate.gate) {
    case 'metric':
      if (gate.low === null) return `${metricCode(gate.metric)}.atMost(${gate.high})`;
      return gate.high === null
        ? `${metricCode(gate.metric)}.atLeast(${gate.low})`
        : `${metricCode(gate.metric)}.between(${gate.low}, ${gate.high})`;
    case 'beatsChampion': {
      const given = optionsCode([
        ['by', gate.by === 0 ? undefined : String(gate.by)],
        ['confidence', gate.confidence === DEFAULT_CONFIDENCE ? undefined : String(gate.confidence)],
      ]);
      return `${metricCode(gate.metric)}.beatsChampion(${given === '{}' ? '' : given})`;
    }
    case 'slice':
      return `g.slices(${quoted(gate.feature)}).metric(${quoted(gate.metric)}).dropAtMost(${gate.dropAtMost})`;
    case 'latency':
      return `g.latency({ p99: ${durationCode(gate.p99)} })`;
  }
}

function signalCode(signal: SignalPlan): string {
  const window = ['window', signal.window === DEFAULT_WINDOW[signal.signal] ? undefined : durationCode(signal.window)] as const;
  switch (signal.signal) {
    case 'drift':
      return `s.drift(${quoted(signal.of)}, ${optionsCode([['above', String(signal.above)], window])})`;
    case 'quality':
      return `s.quality(${quoted(signal.metric)}, ${optionsCode([
        ['below', signal.below === null ? undefined : String(signal.below)],
        ['above', signal.above === null ? undefined : String(signal.above)],
        window,
      ])})`;
    case 'latency':
      return `s.latency(${optionsCode([['p99', durationCode(signal.p99)], window])})`;
    case 'errors':
      return `s.errors(${optionsCode([['above', String(signal.above)], window])})`;
  }
}
