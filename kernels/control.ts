/**
 * The control block, each part on a cache line of its own: generation, kind, threads done, next unit of work; then up to 24 arguments as
 * f64, and the same as 32-bit integers.
 */
export const KIND: usize = 64;
export const DONE: usize = 128;
export const NEXT: usize = 192;
export const REALS: usize = 256;
export const WORDS: usize = 448;
