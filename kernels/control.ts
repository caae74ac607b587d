/**
 * The control block, each part on a cache line of its own: generation, kind, threads done, next unit of work, arrivals at meeting points
 * (and 1 behind them when a thread did not come); then up to 48 arguments as f64, and the same as 32-bit integers.
 */
export const KIND: usize = 64;
export const DONE: usize = 128;
export const NEXT: usize = 192;
export const MEETING: usize = 256;
export const LOST: usize = 320;
export const REALS: usize = 384;
export const WORDS: usize = 768;
