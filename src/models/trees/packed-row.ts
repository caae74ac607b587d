import type { Memory } from '../../kernels/layout.js';
import type { ScoringMemory } from '../../kernels/scoring-memory.js';
import { type Forest, spreadRow } from './forest.js';

/** Bytes of a set of categories. */
export const SET_BYTES = 32;

const blocks = new FinalizationRegistry<{ home: ScoringMemory; at: number; bytes: number }>(({ home, at, bytes }) =>
  home.release(at, bytes),
);

/** Gives a block of the scoring memory back when nobody holds its owner any more. */
export function releaseWith(owner: object, home: ScoringMemory, at: number, bytes: number): void {
  blocks.register(owner, { home, at, bytes });
}

/**
 * A row as the kernels read it: two numbers a feature (see spreadRow; of a categorical one the second holds its category as an
 * integer), minus infinity, which no leaf's value is below, and a category that is in no set, for nodes without one. Offsets in bytes.
 */
export class PackedRow {
  readonly #forest: Forest;
  readonly #categorical: readonly number[];
  /** Numbers of 64 bits, an even number. */
  readonly width: number;
  readonly minusInfinity: number;
  readonly noCategory: number;

  constructor(forest: Forest) {
    this.#forest = forest;
    this.#categorical = forest.features.flatMap((categories, j) => (categories ? [j] : []));
    this.width = 2 * forest.features.length + 2;
    this.minusInfinity = (this.width - 2) * 8;
    this.noCategory = (this.width - 1) * 8;
  }

  /** Offset of the category of a feature. */
  categoryOf(feature: number): number {
    return (2 * feature + 1) * 8;
  }

  write({ f64, u32 }: Memory, row: Float64Array, at: number): void {
    const first = at >>> 3;
    spreadRow(this.#forest.features, row, f64, first);
    for (const j of this.#categorical) u32[2 * (first + 2 * j + 1)] = f64[first + 2 * j];
    f64[first + this.width - 2] = -Infinity;
    f64[first + this.width - 1] = 0;
  }
}

/** Bytes that `writeSets` needs. */
export function setBytes({ sets }: Forest): number {
  return (sets.length / 8 + 1) * SET_BYTES;
}

/** The sets as those that go right; first the empty one, for nodes without a category. */
export function writeSets({ sets }: Forest, { u32 }: Memory, at: number): void {
  u32.fill(0, at >>> 2, (at + SET_BYTES) >>> 2);
  for (let i = 0; i < sets.length; i++) u32[(at >>> 2) + 8 + i] = ~sets[i];
}
