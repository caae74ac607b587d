import { type ScoringMemory, scoringMemory } from '../../kernels/scoring-memory.js';
import type { Forest } from './forest.js';
import { PackedRow, releaseWith, SET_BYTES, setBytes, writeSets } from './packed-row.js';
import type { ShapPlan } from './shap-plan.js';

const SPLIT_BYTES = 64;
const LEAF_BYTES = 16;

interface PackedTree {
  readonly splitsAt: number;
  readonly splits: number;
  readonly leavesAt: number;
  readonly leaves: number;
  readonly pairs: number;
  readonly ruleAt: number;
}

/** A forest in the scoring memory for the WebAssembly passes; contributions are those of explainTree to the bit. */
export class PackedShap {
  readonly #forest: Forest;
  readonly #outputs: number;
  readonly #home: ScoringMemory;
  readonly #row: PackedRow;
  /** Bytes of each of the buffers of a tree. */
  readonly #passBytes: number;
  readonly #treeNodes: number;
  readonly #trees: readonly PackedTree[];

  /** Undefined where WebAssembly or room is lacking. */
  static pack(forest: Forest, plan: ShapPlan, outputs: number, home = scoringMemory()): PackedShap | undefined {
    if (!home) return undefined;
    const nodes = forest.left.length;
    const rules = plan.rules.length * 16 * (plan.rules.length + 1) * 2;
    const bytes = nodes * (SPLIT_BYTES + 16 * pairsOf(plan.rules.length - 1)) + rules + setBytes(forest) + 64;
    const at = home.reserve(bytes);
    if (at === undefined) return undefined;
    const packed = new PackedShap(forest, plan, outputs, home, at);
    releaseWith(packed, home, at, bytes);
    return packed;
  }

  private constructor(forest: Forest, plan: ShapPlan, outputs: number, home: ScoringMemory, at: number) {
    this.#forest = forest;
    this.#outputs = outputs;
    this.#home = home;
    this.#row = new PackedRow(forest);
    this.#treeNodes = plan.treeNodes;
    this.#passBytes = plan.treeNodes * pairsOf(plan.rules.length - 1) * 16;
    writeSets(forest, home.memory, at);
    const rulesAt = at + setBytes(forest);
    const { rules, end } = this.#writeRules(plan, rulesAt);
    this.#trees = this.#writeTrees(plan, end, at, rules);
  }

  /** Adds the contributions of a row to `out`, outputs x inputs; false, and nothing done, when there is no room. */
  addRow(row: Float64Array, out: Float64Array): boolean {
    const { width } = this.#row;
    const outputs = this.#outputs;
    const inputs = this.#forest.features.length;
    const room = width * 8 + 3 * this.#passBytes + this.#treeNodes * 8 + outputs * inputs * 8;
    const rowAt = this.#home.scratch(room + 16);
    if (rowAt === undefined) return false;
    const { memory, kernels } = this.#home;
    const { f64 } = memory;
    this.#row.write(memory, row, rowAt);
    const downAt = rowAt + width * 8;
    const upAt = downAt + this.#passBytes;
    const factorAt = upAt + this.#passBytes;
    const presentAt = factorAt + this.#passBytes;
    const outAt = presentAt + this.#treeNodes * 8;
    const results = f64.subarray(outAt >>> 3, (outAt >>> 3) + outputs * inputs);
    results.set(out.subarray(0, results.length));
    this.#trees.forEach(({ splitsAt, splits, leavesAt, leaves, pairs, ruleAt }, t) => {
      const to = outAt + (t % outputs) * inputs * 8;
      kernels.explainTree(splitsAt, splits, leavesAt, leaves, pairs, ruleAt, rowAt, downAt, upAt, factorAt, presentAt, to);
    });
    out.set(results);
    return true;
  }

  /** Points, then weights, of each rule, filled up to whole pairs with points of no weight. */
  #writeRules(plan: ShapPlan, at: number): { rules: number[]; end: number } {
    const { f64 } = this.#home.memory;
    const rules = plan.rules.map(({ points, weights }, n) => {
      const here = at;
      const pairs = pairsOf(n);
      f64.fill(0, here >>> 3, (here >>> 3) + 4 * pairs);
      f64.fill(0.5, (here >>> 3) + points.length, (here >>> 3) + 2 * pairs);
      f64.set(points, here >>> 3);
      f64.set(weights, (here >>> 3) + 2 * pairs);
      at += 32 * pairs;
      return here;
    });
    return { rules, end: at };
  }

  #writeTrees(plan: ShapPlan, firstAt: number, setsAt: number, rules: readonly number[]): PackedTree[] {
    const { roots, slot, threshold, left, value } = this.#forest;
    const { f64, u32 } = this.#home.memory;
    let at = firstAt;
    return Array.from(plan.points, (points, t) => {
      const root = roots[t];
      const splitsAt = at;
      const pairs = pairsOf(points);
      let splits = 0;
      for (let i = root; i < roots[t + 1]; i++) {
        if (left[i] === i) continue;
        const categorical = slot[i] < 0;
        const before = plan.previous[i];
        f64.set(
          [
            categorical ? Infinity : threshold[i],
            plan.share[left[i]],
            plan.share[left[i] + 1],
            before < 0 ? 1 : plan.share[before],
          ],
          at >>> 3,
        );
        u32.set(
          [
            categorical ? this.#row.minusInfinity : slot[i] * 8,
            categorical ? this.#row.categoryOf(plan.feature[i]) : this.#row.noCategory,
            setsAt + (categorical ? (threshold[i] + 1) * SET_BYTES : 0),
            before < 0 ? 0 : (before - root) * 4,
            left[i] - root,
            i - root,
            plan.feature[i] * 8,
          ],
          (at >>> 2) + 8,
        );
        splits++;
        at += SPLIT_BYTES;
        for (const open of [0, 1])
          for (let p = 0; p < 2 * pairs; p++, at += 8) {
            const z = before < 0 ? 1 : plan.share[before];
            const q = z + (open - z) * f64[(rules[points] >>> 3) + p];
            f64[at >>> 3] = q > 0 ? 1 / q : 0;
          }
      }
      const leavesAt = at;
      let leaves = 0;
      for (let i = root; i < roots[t + 1]; i++) {
        if (left[i] !== i) continue;
        f64[at >>> 3] = value[i];
        u32[(at >>> 2) + 2] = i - root;
        leaves++;
        at += LEAF_BYTES;
      }
      return { splitsAt, splits, leavesAt, leaves, pairs, ruleAt: rules[points] };
    });
  }
}

function pairsOf(points: number): number {
  return Math.max(1, (points + 1) >> 1);
}
