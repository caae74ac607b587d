import type { Benchmark } from './benchmark.js';

/** Where benchmarks live: one entry a file, loaded when the harness runs. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Benchmark[]>>> = {
  mainJob: async () => (await import('./main-job/main-job.js')).benchmarks,
  firstAnswer: async () => (await import('./first-answer/first-answer.js')).benchmarks,
  windows: async () => (await import('./features/windows.js')).benchmarks,
  gbdt: async () => (await import('./training/gbdt.js')).benchmarks,
  flights: async () => (await import('./training/flights.js')).benchmarks,
  costCurve: async () => (await import('./training/cost-curve.js')).benchmarks,
  defaults: async () => (await import('./training/quality/defaults.js')).benchmarks,
  transactions: async () => (await import('./training/quality/transactions.js')).benchmarks,
  intervals: async () => (await import('./evaluation/intervals.js')).benchmarks,
  singleRow: async () => (await import('./scoring/single-row.js')).benchmarks,
  shap: async () => (await import('./training/shap.js')).benchmarks,
  http: async () => (await import('./serving/http.js')).benchmarks,
  append: async () => (await import('./store/append.js')).benchmarks,
  falseAlarms: async () => (await import('./monitoring/false-alarms.js')).benchmarks,
  driftAlarms: async () => (await import('./monitoring/drift-alarms.js')).benchmarks,
  qualityAlarms: async () => (await import('./monitoring/quality-alarms.js')).benchmarks,
};
