/**
 * A window aggregate over numbers. Its state is `size` consecutive numbers at `at` of a flat array, so that no object per entity or
 * window is needed. Events whose value is missing, infinite or beyond `LARGEST_VALUE` never get here.
 */
export interface Aggregate {
  readonly name: string;
  /** What it gives, in one sentence. */
  readonly doc: string;
  readonly size: number;
  /**
   * How events leave a window. An invertible aggregate takes the value out again; when it `isStale` afterwards, digits of what stays went
   * under in a far larger value that left, and the state must be made anew from the events. One that is not invertible keeps a queue of
   * the events that may yet decide it: `dominates` says that a later event makes an earlier one irrelevant for good.
   */
  readonly leaving:
    | {
        readonly kind: 'inverse';
        remove(state: Float64Array, at: number, value: number): void;
        isStale(state: Float64Array, at: number): boolean;
      }
    | { readonly kind: 'queue'; dominates(later: number, earlier: number): boolean };
  /** The result from the number and the sum of the values alone, where that is enough; null where it is not. */
  readonly fromMoments: ((count: number, sum: number) => number) | null;
  init(state: Float64Array, at: number): void;
  /** Takes an event in; those of equal time come in their stable order. */
  add(state: Float64Array, at: number, value: number, time: number): void;
  /** Takes in another state, of events that come after in stable order. */
  merge(state: Float64Array, at: number, other: Float64Array, from: number): void;
  /** The result; NaN when there is none. */
  value(state: Float64Array, at: number): number;
}

/** Larger magnitudes would overflow in sums of squares; they count as missing. */
export const LARGEST_VALUE = 1e150;

/** An aggregate takes this value. */
export const isAggregable = (value: number): boolean => value <= LARGEST_VALUE && value >= -LARGEST_VALUE;
