import type { Scalar } from '../../frame/column.js';
import { LiveEntity, type LiveLayout } from '../../frame/windows/live.js';

type Branch = Map<Scalar, Branch | LiveEntity>;

/** Entities by key. Keys are tuples of values, told apart by kind; looking one up allocates nothing. */
export class EntityIndex {
  readonly #layout: LiveLayout;
  readonly #depth: number;
  #root: Branch | LiveEntity;

  constructor(layout: LiveLayout, depth: number) {
    this.#layout = layout;
    this.#depth = depth;
    this.#root = depth === 0 ? new LiveEntity(layout) : new Map();
  }

  /** The entity of a key; undefined when there is none or a part of the key is missing. */
  get(key: readonly Scalar[]): LiveEntity | undefined {
    let node: Branch | LiveEntity | undefined = this.#root;
    for (let k = 0; k < this.#depth && node !== undefined; k++) node = (node as Branch).get(key[k]);
    return node as LiveEntity | undefined;
  }

  /** The entity of a whole key, made when there is none. */
  getOrAdd(key: readonly Scalar[]): LiveEntity {
    let node = this.#root;
    for (let k = 0; k < this.#depth; k++) {
      const branch = node as Branch;
      let next = branch.get(key[k]);
      if (next === undefined) {
        next = k + 1 === this.#depth ? new LiveEntity(this.#layout) : new Map();
        branch.set(key[k], next);
      }
      node = next;
    }
    return node as LiveEntity;
  }

  /** Every entity with its key, in order of first appearance along each part. */
  forEach(take: (key: readonly Scalar[], entity: LiveEntity) => void): void {
    const walk = (node: Branch | LiveEntity, key: readonly Scalar[]) => {
      if (node instanceof LiveEntity) take(key, node);
      else for (const [part, next] of node) walk(next, [...key, part]);
    };
    walk(this.#root, []);
  }
}
