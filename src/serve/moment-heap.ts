/** Things to be taken in order of a moment, those of one moment in order of arrival: a binary min-heap. */
export class MomentHeap<T> {
  readonly #items: { readonly moment: number; readonly arrival: number; readonly item: T }[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The first moment; infinity when there is nothing. */
  get earliest(): number {
    return this.#items[0]?.moment ?? Number.POSITIVE_INFINITY;
  }

  /** Everything in it, in no order. */
  items(): T[] {
    return this.#items.map(({ item }) => item);
  }

  push(moment: number, item: T): void {
    const items = this.#items;
    let i = items.push({ moment, arrival: this.#arrivals++, item }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Takes out the first thing whose moment is not after `limit`; undefined when there is none. */
  popUntil(limit: number): T | undefined {
    const items = this.#items;
    const first = items[0];
    if (!first || first.moment > limit) return undefined;
    const last = items.pop();
    if (last && items.length > 0) {
      items[0] = last;
      let i = 0;
      for (;;) {
        const left = 2 * i + 1;
        if (left >= items.length) break;
        const child = left + 1 < items.length && this.#before(left + 1, left) ? left + 1 : left;
        if (!this.#before(child, i)) break;
        this.#swap(i, child);
        i = child;
      }
    }
    return first.item;
  }

  #before(i: number, j: number): boolean {
    const a = this.#items[i] as { moment: number; arrival: number };
    const b = this.#items[j] as { moment: number; arrival: number };
    return a.moment !== b.moment ? a.moment < b.moment : a.arrival < b.arrival;
  }

  #swap(i: number, j: number): void {
    const items = this.#items;
    const a = items[i] as (typeof items)[number];
    items[i] = items[j] as (typeof items)[number];
    items[j] = a;
  }
}
