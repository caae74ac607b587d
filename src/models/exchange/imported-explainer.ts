import { fail } from '../../base/error.js';
import type { MarginUnit, RowExplainer } from '../explainer.js';
import { TreeExplainer } from '../trees/shap.js';
import { asForest } from './as-forest.js';
import {
  CATEGORICAL,
  FLOAT,
  type ImportedForest,
  type ImportedForestParts,
  type ImportedLink,
  MISSING_NAN,
  MISSING_ZERO,
  ZERO,
} from './imported-trees.js';

/** What the sum of the leaves is before each link. */
const UNITS: Readonly<Record<ImportedLink, MarginUnit>> = {
  identity: 'value',
  sigmoid: 'log-odds',
  softmax: 'log-odds',
  sigmoids: 'log-odds',
  exp: 'log-value',
  signedSquare: 'score',
  softplus: 'score',
  step: 'score',
};

/**
 * Makes explanations of an imported forest: path-dependent Shapley values, by the rows that reached each node there. Undefined where the file
 * does not tell these. What it makes throws MW_MODEL_NOT_EXPLAINED for trees with rules that our own lack.
 */
export function explainerOf(parts: ImportedForestParts): (() => RowExplainer) | undefined {
  return parts.forest.output.length === 0 || parts.forest.cover.length === 0 ? undefined : () => makeExplainer(parts);
}

function makeExplainer({ forest, inputs, link, steepness, divisor, start }: ImportedForestParts): RowExplainer {
  const ordered = inTurn(forest, start.length);
  const zeros = zeroMissing(forest, inputs);
  const told = ordered && (zeros.length === 0 ? ordered : asMissing(ordered, zeros));
  const trees = told && asForest(told, inputs);
  if (!trees)
    fail('MW_MODEL_NOT_EXPLAINED', {
      what: 'The trees of this imported model split a feature by rules that do not go together, or by over 254 codes.',
      where: { estimator: 'imported-forest' },
    });
  const factor = (link === 'sigmoid' || link === 'sigmoids' ? steepness : 1) / divisor;
  const scaled = { ...trees, value: trees.value.map((value) => value * factor) };
  const begin = start.map((value) => value * factor);
  return new ImportedExplainer(new TreeExplainer('imported-forest', scaled, begin, UNITS[link]), {
    zeros,
    codes: trees.features.flatMap((categories, j) => (categories ? [j] : [])),
    float: forest.rule.some((bits) => (bits & FLOAT) !== 0),
  });
}

/** How rows are read before our own trees take them. */
interface Reading {
  /** Inputs whose zeros are missing. */
  readonly zeros: readonly number[];
  /** Inputs whose values are cut to whole codes. */
  readonly codes: readonly number[];
  readonly float: boolean;
}

class ImportedExplainer implements RowExplainer {
  readonly unit: MarginUnit;
  readonly base: Float64Array;
  readonly #trees: TreeExplainer;
  readonly #reading: Reading;

  constructor(trees: TreeExplainer, reading: Reading) {
    this.unit = trees.unit;
    this.base = trees.base;
    this.#trees = trees;
    this.#reading = reading;
  }

  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void {
    this.#trees.explainRow(this.#read(row), contributions, margins);
  }

  interactRow(row: Float64Array, contributions: Float64Array, interactions: Float64Array): void {
    this.#trees.interactRow(this.#read(row), contributions, interactions);
  }

  #read(row: Float64Array): Float64Array {
    const { zeros, codes, float } = this.#reading;
    const read = row.slice();
    for (const j of zeros) if (read[j] >= -ZERO && read[j] <= ZERO) read[j] = Number.NaN;
    for (const j of codes) read[j] = Math.trunc(float ? Math.fround(read[j]) : read[j]);
    return read;
  }
}

/** The trees so that they add to the outputs in turn; null where these have not equally many. */
function inTurn(forest: ImportedForest, outputs: number): ImportedForest | null {
  const { roots, output, left } = forest;
  if (output.every((of, t) => of === t % outputs)) return forest;
  const ofOutput = Array.from({ length: outputs }, (_, k) => [...output.keys()].filter((t) => output[t] === k));
  const rounds = output.length / outputs;
  if (!ofOutput.every((trees) => trees.length === rounds)) return null;
  const order = Array.from(output, (_, t) => ofOutput[t % outputs][Math.floor(t / outputs)]);
  const nodes = Uint32Array.from(order.flatMap((t) => Array.from({ length: roots[t + 1] - roots[t] }, (_, i) => roots[t] + i)));
  const starts = new Uint32Array(roots.length);
  order.forEach((t, place) => {
    starts[place + 1] = starts[place] + roots[t + 1] - roots[t];
  });
  const moved = new Int32Array(nodes.length);
  nodes.forEach((node, place) => {
    moved[node] = place;
  });
  return {
    ...forest,
    roots: starts,
    output: output.map((_, t) => t % outputs),
    feature: Int32Array.from(nodes, (node) => forest.feature[node]),
    rule: Uint8Array.from(nodes, (node) => forest.rule[node]),
    left: Uint32Array.from(nodes, (node) => (forest.feature[node] < 0 ? left[node] : moved[left[node]])),
    value: Float64Array.from(nodes, (node) => forest.value[node]),
    cover: Float64Array.from(nodes, (node) => forest.cover[node]),
  };
}

const isNumeric = (bits: number): boolean => (bits & (FLOAT | CATEGORICAL)) === 0;

/** Inputs at all of whose numeric splits zero is missing. */
function zeroMissing({ feature, rule }: ImportedForest, inputs: number): number[] {
  const missing = new Uint8Array(inputs);
  const other = new Uint8Array(inputs);
  feature.forEach((j, i) => {
    if (j < 0 || !isNumeric(rule[i])) return;
    if ((rule[i] & MISSING_ZERO) !== 0) missing[j] = 1;
    else other[j] = 1;
  });
  return [...missing.keys()].filter((j) => missing[j] === 1 && other[j] === 0);
}

/** The same trees for rows in which zeros are missing already. */
function asMissing(forest: ImportedForest, zeros: readonly number[]): ImportedForest {
  const rule = forest.rule.map((bits, i) =>
    isNumeric(bits) && zeros.includes(forest.feature[i]) ? (bits & ~MISSING_ZERO) | MISSING_NAN : bits,
  );
  return { ...forest, rule };
}
