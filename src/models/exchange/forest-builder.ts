import { BEYOND, CATEGORICAL, type ImportedForest } from './imported-trees.js';
import { damaged } from './refuse.js';

/** A node of a file: a leaf, or a split whose children the file knows by number. */
export type FileNode = FileCounts & FileShape;
/** What training saw of a node; undefined where the file does not tell. */
interface FileCounts {
  readonly cover?: number | undefined;
  readonly gain?: number | undefined;
}
type FileShape =
  | { readonly leaf: number }
  | {
      readonly feature: number;
      readonly rule: number;
      /** Of a numeric split. */
      readonly threshold: number;
      /** Words of a categorical split. */
      readonly set: Uint32Array | null;
      readonly left: number;
      readonly right: number;
    };

/** Words of sets that a file may ask for: 64 MiB, half a billion categories. */
export const MOST_WORDS = 1 << 24;

/** Nodes of a file and of one of its trees: a small file must not ask for much memory, and no forest in use comes near. */
const MOST_NODES = 1 << 24;
const MOST_TREE_NODES = 1 << 22;

/** Collects the trees of a file, node by node from the root, so that cycles and shared children are found. */
export class ForestBuilder {
  readonly #inputs: number;
  readonly #roots: number[] = [0];
  readonly #output: number[] = [];
  readonly #feature: number[] = [];
  readonly #rule: number[] = [];
  readonly #left: number[] = [];
  readonly #value: number[] = [];
  readonly #cover: number[] = [];
  readonly #gain: number[] = [];
  readonly #setStart: number[] = [0];
  readonly #sets: Uint32Array[] = [];

  constructor(inputs: number) {
    this.#inputs = inputs;
  }

  /** @param nodeOf the node of a number; it throws when there is none @throws MW_EXCHANGE_CORRUPT */
  addTree(output: number, root: number, nodeOf: (id: number) => FileNode): void {
    const tree = this.#output.length;
    const base = this.#feature.length;
    const ids = [root];
    const seen = new Set(ids);
    for (let i = 0; i < ids.length; i++) {
      const node = nodeOf(ids[i] as number);
      this.#count(node, tree);
      if ('leaf' in node) {
        if (!Number.isFinite(node.leaf)) damaged(`a leaf of tree ${tree} is no finite number`);
        this.#push(-1, 0, 0, node.leaf);
        continue;
      }
      const { feature, rule, threshold, set, left, right } = node;
      if (!(Number.isInteger(feature) && feature >= 0 && feature < this.#inputs))
        damaged(`tree ${tree} splits feature ${feature} of ${this.#inputs}`);
      for (const child of [left, right]) {
        if (seen.has(child)) damaged(`two splits of tree ${tree} share a child`);
        seen.add(child);
      }
      if ((rule & CATEGORICAL) !== 0) this.#push(feature, rule, base + ids.length, this.#addSet(set ?? new Uint32Array(0)));
      else {
        if (Number.isNaN(threshold)) damaged(`a threshold of tree ${tree} is no number`);
        const finite = Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, threshold));
        this.#push(feature, finite === threshold ? rule : rule | BEYOND, base + ids.length, finite);
      }
      if (ids.length > MOST_TREE_NODES || base + ids.length > MOST_NODES) damaged(`tree ${tree} has too many nodes`);
      ids.push(left, right);
    }
    this.#output.push(output);
    this.#roots.push(this.#feature.length);
  }

  finish(): ImportedForest {
    return {
      roots: Uint32Array.from(this.#roots),
      output: Uint32Array.from(this.#output),
      feature: Int32Array.from(this.#feature),
      rule: Uint8Array.from(this.#rule),
      left: Uint32Array.from(this.#left),
      value: Float64Array.from(this.#value),
      cover: told(this.#cover),
      gain: told(this.#gain),
      setStart: Uint32Array.from(this.#setStart),
      sets: this.#words(),
    };
  }

  #count({ cover = Number.NaN, gain = Number.NaN, ...node }: FileNode, tree: number): void {
    if (cover < 0 || cover === Infinity) damaged(`${cover} rows reached a node of tree ${tree}`);
    this.#cover.push(cover);
    // Some files hold what a leaf was worth there, too, and splits of old ones a gain below 0.
    this.#gain.push('leaf' in node ? 0 : Number.isFinite(gain) ? Math.max(0, gain) : gain);
  }

  #push(feature: number, rule: number, left: number, value: number): void {
    this.#feature.push(feature);
    this.#rule.push(rule);
    this.#left.push(left);
    this.#value.push(value);
  }

  #addSet(words: Uint32Array): number {
    const end = (this.#setStart[this.#setStart.length - 1] as number) + words.length;
    if (end > MOST_WORDS) damaged('its sets of categories ask for too much memory');
    this.#sets.push(words);
    this.#setStart.push(end);
    return this.#setStart.length - 2;
  }

  #words(): Uint32Array {
    const words = new Uint32Array(this.#setStart[this.#setStart.length - 1] as number);
    this.#sets.forEach((set, k) => words.set(set, this.#setStart[k]));
    return words;
  }
}

/** Empty unless the file tells of every node. */
function told(numbers: readonly number[]): Float64Array {
  return numbers.every(Number.isFinite) ? Float64Array.from(numbers) : new Float64Array(0);
}
