import { checkMetric } from './check-training.js';
import { finite, invalid, type Place, shown, unknown, wrongType } from './complain.js';
import type { FeaturePlan, GatePlan, SignalPlan, SystemPlan } from './plan.js';

/** Gates, serving, signals and retraining. */
export function checkOperation(plan: SystemPlan): void {
  plan.accept.forEach((gate, i) => checkGate(`accept[${i}]`, plan, gate));
  for (const [name, value] of Object.entries(plan.serve.whenMissing)) {
    const place = `serve.whenMissing.${name}`;
    const feature = plan.features.find((one) => one.name === name) ?? missing(place, plan, name);
    checkSubstitute(place, plan, feature, value);
  }
  for (const [name, signal] of Object.entries(plan.watch)) checkSignal(`watch.${name}`, plan, signal);
  for (const name of plan.retrain?.on ?? [])
    if (!Object.hasOwn(plan.watch, name))
      unknown('retrain.on', `There is no signal '${name}'.`, name, Object.keys(plan.watch), 'Signals');
}

function missing(place: Place, plan: SystemPlan, name: string): never {
  return unknown(
    place,
    `There is no feature '${name}'.`,
    name,
    plan.features.map((feature) => feature.name),
    'Features',
  );
}

function checkSubstitute(place: Place, plan: SystemPlan, { name, type, from }: FeaturePlan, value: unknown): void {
  if (value === null) return;
  const wanted = type === 'category' || type === 'text' ? 'string' : type;
  if (typeof value !== wanted) wrongType(place, `Feature '${name}' is a ${type} and cannot be ${shown(value)}.`);
  const closed = from.kind === 'fromRequest' ? plan.request.columns[from.column]?.categories : null;
  if (closed && !closed.includes(value as string))
    unknown(place, `'${String(value)}' is not a category of '${name}'.`, String(value), closed, 'Categories');
}

function checkGate(place: Place, plan: SystemPlan, gate: GatePlan): void {
  switch (gate.gate) {
    case 'metric':
      checkMetric(place, plan, gate.metric);
      if (gate.low === null && gate.high === null) invalid(place, 'A gate on a metric needs a bound.');
      if (gate.low !== null && gate.high !== null && gate.low > gate.high)
        invalid(place, 'The lower bound is above the upper one.');
      return;
    case 'beatsChampion':
      checkMetric(place, plan, gate.metric);
      finite(`${place}.confidence`, gate.confidence, { min: 0, max: 1 });
      finite(`${place}.by`, gate.by, { min: 0 });
      return;
    case 'slice': {
      checkMetric(place, plan, gate.metric);
      finite(`${place}.dropAtMost`, gate.dropAtMost, { min: 0 });
      const names = [...plan.features.map((feature) => feature.name), ...Object.keys(plan.request.columns)];
      if (!names.includes(gate.feature))
        unknown(place, `There is no feature or request column '${gate.feature}'.`, gate.feature, names, 'There are');
      return;
    }
    case 'latency':
      finite(`${place}.p99`, gate.p99, { min: 0, above: true });
      return;
  }
}

function checkSignal(place: Place, plan: SystemPlan, signal: SignalPlan): void {
  finite(`${place}.window`, signal.window, { min: 0, above: true });
  switch (signal.signal) {
    case 'drift':
      if (signal.of !== 'score' && !plan.features.some((feature) => feature.name === signal.of))
        missing(place, plan, signal.of);
      finite(`${place}.above`, signal.above, { min: 0 });
      return;
    case 'quality':
      checkMetric(place, plan, signal.metric);
      if (signal.below === null && signal.above === null) invalid(place, 'quality needs a bound.');
      return;
    case 'latency':
      finite(`${place}.p99`, signal.p99, { min: 0, above: true });
      return;
    case 'errors':
      finite(`${place}.above`, signal.above, { min: 0, max: 1 });
      return;
  }
}
