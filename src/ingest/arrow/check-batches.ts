import { DamagedArrow } from './check-messages.js';

/** What is looked at in a batch of a column, whatever its type; more than the library's types say. */
interface BatchParts {
  readonly length: number;
  readonly offsets?: ArrayLike<number | bigint> | null;
  readonly sizes?: ArrayLike<number | bigint>;
  readonly values?: ArrayLike<unknown>;
  readonly stride?: number;
  readonly children?: readonly BatchParts[];
  readonly dictionary?: { readonly data: readonly BatchParts[] };
}

/**
 * Checks that what offsets and sizes of a column name lies inside its values, so that no row can be longer than all of them.
 * @throws DamagedArrow
 */
export function checkBatches(batches: readonly unknown[]): void {
  for (const batch of batches) checkBatch(batch as BatchParts);
}

function checkBatch({ length, offsets, sizes, values, stride, children, dictionary }: BatchParts): void {
  const inner = children?.[0]?.length ?? values?.length ?? 0;
  if (offsets && offsets.length < length) throw new DamagedArrow('a column has fewer offsets than rows');
  if (offsets && sizes) checkSizes(offsets, sizes, length, inner);
  else if (offsets && offsets.length > length) checkOffsets(offsets, length, inner);
  if (stride !== undefined && stride * length > inner) throw new DamagedArrow('a column has fewer values than its rows take');
  for (const child of children ?? []) checkBatch(child);
  for (const batch of dictionary?.data ?? []) checkBatch(batch);
}

function checkOffsets(offsets: ArrayLike<number | bigint>, length: number, inner: number): void {
  let before = Number(offsets[0] ?? 0);
  if (before < 0) throw new DamagedArrow('an offset is negative');
  for (let i = 1; i <= length; i++) {
    const next = Number(offsets[i]);
    if (!(next >= before && next <= inner)) throw new DamagedArrow('an offset lies outside of the values');
    before = next;
  }
}

function checkSizes(
  offsets: ArrayLike<number | bigint>,
  sizes: ArrayLike<number | bigint>,
  length: number,
  inner: number,
): void {
  for (let i = 0; i < length; i++) {
    const from = Number(offsets[i]);
    const size = Number(sizes[i]);
    if (!(from >= 0 && size >= 0 && from + size <= inner)) throw new DamagedArrow('a list lies outside of the values');
  }
}
