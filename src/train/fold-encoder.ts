import { random, shuffle } from '../base/random.js';
import { takeRows } from '../frame/frame.js';
import { needsOf } from '../models/needs.js';
import { fitEncoder } from '../pipeline/encoder.js';
import type { EncodedFold } from './fit-folds.js';
import { estimatorFor, featureColumns, valuesAt } from './refit.js';
import type { SearchInput } from './search.js';
import type { Fold } from './split-rows.js';
import { classCount } from './target.js';

type EncoderInput = Pick<SearchInput, 'folds' | 'table' | 'features' | 'target' | 'plan'>;

/** Encodes folds, each with an encoder fitted on its training rows alone; kept for all trials with the same needs. */
export class FoldEncoder {
  readonly #input: EncoderInput;
  readonly #encoded = new Map<string, EncodedFold>();

  constructor(input: EncoderInput) {
    this.#input = input;
  }

  /** @param share share of the training rows, drawn at random; a smaller one is part of a larger */
  encode(
    fold: number,
    name: string,
    params: Readonly<Record<string, unknown>>,
    share: number,
  ): { readonly key: string; readonly fold: EncodedFold } {
    const { folds, table, features, target, plan } = this.#input;
    const needs = needsOf(estimatorFor(name, target), params);
    const kinds = needs.map(
      ({ imputed, scaled, shape = 'none', categories, sparse = false }) =>
        `${imputed} ${scaled} ${shape} ${categories} ${sparse}`,
    );
    const key = `${fold} ${kinds.join(' + ')} ${share}`;
    const known = this.#encoded.get(key);
    if (known) return { key, fold: known };
    const { train, validation } = folds[fold] as Fold;
    const { seed } = plan.search;
    const rows = partOf(train, share, seed, fold);
    const values = valuesAt(target.values, rows);
    const columns = featureColumns(table, features);
    const fitted = fitEncoder(
      takeRows(columns, rows),
      features,
      { task: target.task, classes: classCount(target), values },
      needs,
      {},
      seed,
    );
    const made = {
      training: { matrix: fitted.training, target: values },
      validation: {
        matrix: fitted.encoder.encode(takeRows(columns, validation)),
        target: valuesAt(target.values, validation),
      },
    };
    this.#encoded.set(key, made);
    return { key, fold: made };
  }
}

function partOf(rows: Int32Array, share: number, seed: number, fold: number): Int32Array {
  if (share >= 1) return rows;
  const wanted = Math.max(1, Math.ceil(rows.length * share));
  return shuffle(rows.slice(), random(seed).fork('share').fork(fold)).slice(0, wanted).sort();
}
