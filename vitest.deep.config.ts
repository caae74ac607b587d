import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

const { test: _, ...shared } = base;

/** The deep suite: crash loops, fuzzing and long matrices, each for its share of a budget (see test/deep/deep-run.ts). */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ['test/deep/**/*.deep.ts'],
      testTimeout: 45 * 60_000,
      hookTimeout: 5 * 60_000,
      maxWorkers: 1,
      fileParallelism: false,
      reporters: ['default', './test/closing-line.ts'],
    },
  }),
);
