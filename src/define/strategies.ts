import { declareOptions, type OptionSpecs, type OptionValues } from '../base/options.js';

/** Each strategy of a search by its name, with its declared options. */
export const STRATEGIES = Object.freeze({
  tpe: {
    doc: 'Draws where good trials are denser than bad ones.',
    options: declareOptions({
      startup: {
        kind: 'integer',
        default: 8,
        min: 1,
        max: 10_000,
        unit: 'trials',
        doc: 'Finished trials, defaults included, before which it draws at random.',
      },
      good: {
        kind: 'number',
        default: 0.25,
        min: 0.01,
        max: 0.5,
        doc: 'Share of the finished trials that counts as good.',
      },
      draws: { kind: 'integer', default: 24, min: 1, max: 1000, doc: 'Draws among which the most promising is tried.' },
    }),
  },
  random: { doc: 'Draws at random, twice as often from the candidate that leads.', options: declareOptions({}) },
  grid: {
    doc: 'Goes through the points of a grid, far from one another first.',
    options: declareOptions({
      points: {
        kind: 'integer',
        default: 5,
        min: 2,
        max: 10_000,
        unit: 'points',
        doc: 'Points that stand for a range of numbers, both ends among them.',
      },
    }),
  },
  asha: {
    doc: 'Tries many at little cost and goes on with the best: successive halving.',
    options: declareOptions({
      eta: {
        kind: 'integer',
        default: 3,
        min: 2,
        max: 10,
        doc: 'One in so many goes on, with so many times the rounds or rows.',
      },
      rungs: { kind: 'integer', default: 3, min: 2, max: 8, unit: 'rungs', doc: 'Steps up to all rounds or rows.' },
    }),
  },
} as const satisfies Record<string, { readonly doc: string; readonly options: OptionSpecs }>);

export type StrategyName = keyof typeof STRATEGIES;

/** What a search goes by unless a definition says otherwise. */
export const DEFAULT_STRATEGY = 'tpe' satisfies StrategyName;

type OptionsOf<N extends StrategyName> = OptionValues<(typeof STRATEGIES)[N]['options']>;
/** A strategy by name with its options beside it. */
export type StrategyOptions =
  | { readonly [N in StrategyName]: { readonly strategy: N } & Partial<OptionsOf<N>> }[StrategyName]
  | { readonly strategy?: never };
