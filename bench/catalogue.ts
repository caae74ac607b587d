import type { Benchmark } from './benchmark.js';

/** Where benchmarks live: one entry a file, loaded when the harness runs. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Benchmark[]>>> = {};
