/** The bound a figure must meet, from the issue that asked for it: at most or at least, of the value or of value / peerValue. */
export interface Bound {
  readonly of: 'value' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What one benchmark found. `peerValue` is null when there is a peer and it could not be run; `note` then says why. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly peer?: string;
  readonly peerValue?: number | null;
  readonly must?: Bound;
  readonly note?: string;
}

/** A benchmark registers itself by being in the catalogue; medians and ratios are taken inside one `run`. */
export interface Benchmark {
  readonly group: string;
  readonly name: string;
  run(): Promise<Figure>;
}
