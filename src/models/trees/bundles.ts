import type { Bundles } from '../../kernels/tree-arena.js';
import type { Matrix } from '../estimator.js';
import type { FeatureBins } from './binning.js';

/** Rows that are looked at before a feature is counted. */
const GLANCE = 1000;
/** Largest share of rows in which a sparse feature is not zero. */
const SPARSE = 0.2;
/** Codes of a column, without that of rows in which all its features are zero. */
const CODES = 255;
/** Bundles that a feature is tried in: the last ones, since features of one origin are neighbours. */
const TRIED = 32;

/** The rows in which a feature is not zero, ascending, and its bins there. */
export interface SparseColumn {
  readonly feature: number;
  readonly rows: Uint32Array;
  readonly bytes: Uint8Array;
}

interface Bundle {
  readonly members: { readonly column: SparseColumn; readonly codes: number; readonly rest: number }[];
  /** A bit for each row in which a member is not zero. */
  readonly taken: Uint32Array;
  codes: number;
}

/**
 * Exclusive feature bundling (Ke et al. 2017): numeric features of which at most one is not zero in any row share a column of bytes. No
 * conflict is allowed, so that histograms stay exact and models the same. Undefined when there is nothing to share.
 */
export function planBundles(
  matrix: Matrix,
  bins: readonly FeatureBins[],
): { readonly bundles: Bundles; readonly sparse: readonly SparseColumn[] } | undefined {
  const open: Bundle[] = [];
  const bundleOf = new Map<number, Bundle>();
  bins.forEach((feature, j) => {
    if (feature.kind !== 'numeric') return;
    const column = sparseColumn(matrix.columns[j], j, feature);
    if (!column) return;
    const missing = feature.bins - 1;
    const codes = column.bytes.includes(missing) ? missing : missing - 1;
    if (codes < 1 || codes > CODES / 2) return;
    const rest = binOf(0, feature.bounds, missing);
    let bundle = open.slice(-TRIED).find((one) => one.codes + codes <= CODES && isFree(one.taken, column.rows));
    if (!bundle) {
      bundle = { members: [], taken: new Uint32Array(Math.ceil(matrix.rows / 32)), codes: 0 };
      open.push(bundle);
    }
    for (const row of column.rows) bundle.taken[row >>> 5] |= 1 << (row & 31);
    bundle.members.push({ column, codes, rest });
    bundle.codes += codes;
    bundleOf.set(j, bundle);
  });
  if (!open.some(({ members }) => members.length > 1)) return undefined;
  return layOut(bins.length, bundleOf);
}

/** Numbers the columns in the order of their first features, and the codes of each in that of its features. */
function layOut(features: number, bundleOf: ReadonlyMap<number, Bundle>) {
  const columnOf = new Uint32Array(features);
  const baseOf = new Uint32Array(features);
  const codesOf = new Uint32Array(features);
  const restOf = new Uint32Array(features);
  const sparse: SparseColumn[] = [];
  let columns = 0;
  for (let j = 0; j < features; j++) {
    const bundle = bundleOf.get(j);
    if (!bundle || bundle.members.length === 1) {
      columnOf[j] = columns++;
      continue;
    }
    if (bundle.members[0].column.feature !== j) continue;
    let base = 1;
    for (const { column, codes, rest } of bundle.members) {
      columnOf[column.feature] = columns;
      baseOf[column.feature] = base;
      codesOf[column.feature] = codes;
      restOf[column.feature] = rest;
      base += codes;
      sparse.push(column);
    }
    columns++;
  }
  return { bundles: { columns, columnOf, baseOf, codesOf, restOf }, sparse };
}

/** Where a column is not zero; undefined when that is too often. */
function sparseColumn(
  values: Float64Array,
  feature: number,
  { bounds, bins }: Extract<FeatureBins, { kind: 'numeric' }>,
): SparseColumn | undefined {
  const step = Math.max(1, Math.floor(values.length / GLANCE));
  let seen = 0;
  let others = 0;
  for (let i = 0; i < values.length; i += step, seen++) if (values[i] !== 0) others++;
  if (others > 2 * SPARSE * seen) return undefined;
  const rest = binOf(0, bounds, bins - 1);
  const most = Math.floor(SPARSE * values.length);
  const rows = new Uint32Array(most);
  const bytes = new Uint8Array(most);
  let found = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const bin = binOf(values[i], bounds, bins - 1);
    if (bin === rest) continue;
    if (found === most) return undefined;
    rows[found] = i;
    bytes[found++] = bin;
  }
  return { feature, rows: rows.slice(0, found), bytes: bytes.slice(0, found) };
}

/** The bin of a value: how many bounds are below it. */
function binOf(value: number, bounds: Float64Array, missing: number): number {
  if (value !== value) return missing;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > bounds[middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isFree(taken: Uint32Array, rows: Uint32Array): boolean {
  for (const row of rows) if ((taken[row >>> 5] >>> (row & 31)) & 1) return false;
  return true;
}

/** Writes the codes of a feature into the shared column. */
export function writeCodes({ feature, rows, bytes }: SparseColumn, bundles: Bundles, out: Uint8Array, at: number): void {
  const base = bundles.baseOf[feature];
  const rest = bundles.restOf[feature];
  for (let i = 0; i < rows.length; i++) out[at + rows[i]] = base + (bytes[i] < rest ? bytes[i] : bytes[i] - 1);
}

/** A table of the bins of a feature as one of the bytes in its column. */
export function tableOfColumn(table: Uint8Array, feature: number, bundles: Bundles | null): Uint8Array {
  if (!bundles || bundles.codesOf[feature] === 0) return table;
  const rest = bundles.restOf[feature];
  const out = new Uint8Array(256).fill(table[rest]);
  for (let i = 0; i < bundles.codesOf[feature]; i++) out[bundles.baseOf[feature] + i] = table[i < rest ? i : i + 1];
  return out;
}
