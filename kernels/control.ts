/** The control block, each part on a cache line of its own: generation, kind, threads done, next unit of work, arguments. */
export const KIND: usize = 64;
export const DONE: usize = 128;
export const NEXT: usize = 192;
export const ARGUMENTS: usize = 256;
