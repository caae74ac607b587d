import { fail } from '../base/error.js';
import { type OptionSpecs, optionProblem } from '../base/options.js';
import { finite, invalid, oneOf, optionsObject, type Place, span, text, unknown } from './complain.js';
import type { SearchPlan, StrategyPlan } from './plan.js';
import { STRATEGIES, type StrategyName } from './strategies.js';

const NAMES = Object.keys(STRATEGIES) as StrategyName[];
const OWN = ['by', 'trials', 'seed', 'timeBudget', 'strategy', 'workers'];

/** The plan of `train.search`; the options of a strategy stand beside it. */
export function searchPlan(options: unknown): SearchPlan {
  const place = 'train.search';
  const allowed = [...OWN, ...NAMES.flatMap((name) => Object.keys(STRATEGIES[name].options))];
  const given = optionsObject(place, options, [...new Set(allowed)]);
  const beside = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => !OWN.includes(name) && value !== undefined),
  );
  return {
    kind: 'search',
    by: text(`${place}.by`, given.by),
    trials: finite(`${place}.trials`, given.trials, { min: 1, whole: true }),
    timeBudget: given.timeBudget === undefined ? null : span(`${place}.timeBudget`, given.timeBudget),
    seed: finite(`${place}.seed`, given.seed, { min: 0, max: 0xffff_ffff, whole: true }),
    ...(given.strategy === undefined
      ? withoutStrategy(place, beside)
      : { strategy: strategyPlan(place, given.strategy, beside) }),
    ...(given.workers === undefined ? {} : { workers: finite(`${place}.workers`, given.workers, { min: 1, whole: true }) }),
  };
}

function withoutStrategy(place: Place, beside: Readonly<Record<string, unknown>>): Record<never, never> {
  const [name] = Object.keys(beside);
  if (name === undefined) return {};
  const owners = NAMES.filter((strategy) => Object.hasOwn(STRATEGIES[strategy].options, name));
  return invalid(
    `${place}.${name}`,
    `'${name}' belongs to a strategy, and none is named.`,
    `Add strategy: ${owners.map((owner) => `'${owner}'`).join(' or ')}.`,
  );
}

function strategyPlan(place: Place, strategy: unknown, beside: Readonly<Record<string, unknown>>): StrategyPlan {
  const plan = { kind: 'strategy', name: oneOf(`${place}.strategy`, strategy, NAMES), options: beside } as StrategyPlan;
  checkStrategy(plan);
  return plan;
}

/**
 * Checks the options of a strategy against their declaration.
 * @throws MW_DEFINE_UNKNOWN, MW_OPTION_INVALID
 */
export function checkStrategy({ name, options }: StrategyPlan): void {
  const specs: OptionSpecs = STRATEGIES[name].options;
  for (const [option, value] of Object.entries(options)) {
    const spec = Object.hasOwn(specs, option) ? specs[option] : undefined;
    if (!spec) unknown('train.search', `${name} has no option '${option}'.`, option, Object.keys(specs), 'Options');
    const problem = optionProblem(spec, value);
    if (problem)
      fail('MW_OPTION_INVALID', {
        what: `${name}: option '${option}' ${problem}.`,
        where: { place: `train.search.${option}` },
      });
  }
}
