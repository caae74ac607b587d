/** Reports of long work: `done` of `total` units of a named step. Total is undefined while it is not known. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total?: number;
  readonly note?: string;
  /** What has just happened, where that is worth a line that stays. */
  readonly event?: string;
}

/** What long work is given to report on and to be stopped by. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}
