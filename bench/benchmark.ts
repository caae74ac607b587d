import type { BenchOptions } from './options.js';

/** The bound a figure must meet, from the issue that asked for it: at most or at least, of the value or of value / peerValue. */
export interface Bound {
  readonly of: 'value' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A line of the table behind a figure, by column. Null is what could not be measured. */
export type TableRow = Readonly<Record<string, string | number | null>>;

/** What one benchmark found. `peerValue` is null when there is a peer and it could not be run; `note` then says why. */
export interface Figure {
  /** Null when nothing could be measured; `note` then says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly peer?: string;
  readonly peerValue?: number | null;
  readonly must?: Bound;
  readonly note?: string;
  readonly table?: readonly TableRow[];
}

/** A benchmark registers itself by being in the catalogue; medians and ratios are taken inside one `run`. */
export interface Benchmark {
  readonly group: string;
  readonly name: string;
  run(options: BenchOptions): Promise<Figure>;
}
