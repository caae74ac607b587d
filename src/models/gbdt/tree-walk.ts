import type { GrownTree } from '../trees/grown-tree.js';

/** Column-major bytes of rows: the byte of feature f of row i stands at `columnsAt + f * rows + i`. */
export interface ByteColumns {
  readonly bytes: Uint8Array;
  readonly columnsAt: number;
  readonly rows: number;
}

/** A grown tree in flat arrays, to send many rows through. */
export class TreeWalk {
  /** Feature of each split, -1 of a leaf; left children; values; and 256 bytes a node, 1 where a byte goes left. */
  readonly #feature: Int32Array;
  readonly #left: Int32Array;
  readonly #value: Float64Array;
  readonly #tables: Uint8Array;

  constructor(tree: GrownTree) {
    const nodes = tree.left.length;
    this.#feature = new Int32Array(nodes).fill(-1);
    this.#left = Int32Array.from(tree.left);
    this.#value = Float64Array.from(tree.value);
    this.#tables = new Uint8Array(256 * nodes);
    for (let node = 0; node < nodes; node++) {
      const split = tree.splits[node];
      const table = tree.tables[node];
      if (!split || !table) continue;
      this.#feature[node] = split.feature;
      this.#tables.set(table, 256 * node);
    }
  }

  /** Adds the values of the leaves that all rows reach to `scores[row * outputs + output]`. */
  add(columns: ByteColumns, scores: Float64Array, outputs: number, output: number): void {
    for (let row = 0, at = output; row < columns.rows; row++, at += outputs) scores[at] += this.#valueOf(columns, row);
  }

  /** The same for some rows only, ascending, and of these not for those that `except` lists, ascending too. */
  addSome(
    columns: ByteColumns,
    rows: Uint32Array,
    except: Uint32Array,
    scores: Float64Array,
    outputs: number,
    output: number,
  ): void {
    for (let i = 0, next = 0; i < rows.length; i++) {
      const row = rows[i];
      if (except[next] === row) next++;
      else scores[row * outputs + output] += this.#valueOf(columns, row);
    }
  }

  #valueOf({ bytes, columnsAt, rows }: ByteColumns, row: number): number {
    const feature = this.#feature;
    const left = this.#left;
    const tables = this.#tables;
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node])
      node = left[node] + 1 - tables[256 * node + bytes[columnsAt + f * rows + row]];
    return this.#value[node];
  }
}
