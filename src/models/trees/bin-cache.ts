import type { FeatureBins } from './binning.js';

/** Ways of binning that are kept of a column. */
const MOST = 4;

/**
 * Binned columns that fits over the same columns share: the same object is taken for the same values. What comes out of a fit does not
 * depend on it.
 */
export class BinCache {
  readonly #bins = new WeakMap<Float64Array, Map<string, FeatureBins>>();
  readonly #bytes = new WeakMap<FeatureBins, WeakMap<Float64Array, Uint8Array>>();

  /** The bins of a column. @param key stands for everything else that decides about them */
  bins(column: Float64Array, key: string, fit: () => FeatureBins): FeatureBins {
    let own = this.#bins.get(column);
    if (!own) {
      own = new Map();
      this.#bins.set(column, own);
    }
    const known = own.get(key);
    if (known) return known;
    const made = fit();
    const [oldest] = own.keys();
    if (oldest !== undefined && own.size >= MOST) own.delete(oldest);
    own.set(key, made);
    return made;
  }

  /** The bytes of a column's values by some bins. */
  bytes(column: Float64Array, bins: FeatureBins, bin: () => Uint8Array): Uint8Array {
    let own = this.#bytes.get(bins);
    if (!own) {
      own = new WeakMap();
      this.#bytes.set(bins, own);
    }
    const known = own.get(column);
    if (known) return known;
    const made = bin();
    own.set(column, made);
    return made;
  }
}
