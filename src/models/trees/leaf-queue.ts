/**
 * A priority queue of leaves: the lowest level first, in it the largest gain, among equals the oldest leaf. A binary heap over parallel
 * arrays.
 */
export class LeafQueue {
  readonly #leaves: number[] = [];
  readonly #gains: number[] = [];
  readonly #levels: number[] = [];

  get size(): number {
    return this.#leaves.length;
  }

  /** Leaves of one level go by their gain alone. */
  push(leaf: number, gain: number, level: number): void {
    let at = this.#leaves.length;
    this.#leaves.push(leaf);
    this.#gains.push(gain);
    this.#levels.push(level);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the best leaf out; -1 when there is none. */
  pop(): number {
    if (this.#leaves.length === 0) return -1;
    const best = this.#leaves[0];
    this.#swap(0, this.#leaves.length - 1);
    this.#leaves.pop();
    this.#gains.pop();
    this.#levels.pop();
    for (let at = 0; ; ) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#leaves.length && this.#before(child, first)) first = child;
      if (first === at) return best;
      this.#swap(at, first);
      at = first;
    }
  }

  #before(a: number, b: number): boolean {
    if (this.#levels[a] !== this.#levels[b]) return this.#levels[a] < this.#levels[b];
    return this.#gains[a] > this.#gains[b] || (this.#gains[a] === this.#gains[b] && this.#leaves[a] < this.#leaves[b]);
  }

  #swap(a: number, b: number): void {
    const leaf = this.#leaves[a];
    this.#leaves[a] = this.#leaves[b];
    this.#leaves[b] = leaf;
    const gain = this.#gains[a];
    this.#gains[a] = this.#gains[b];
    this.#gains[b] = gain;
    const level = this.#levels[a];
    this.#levels[a] = this.#levels[b];
    this.#levels[b] = level;
  }
}
