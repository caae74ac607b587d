import { type Random, random } from '../../src/base/random.js';

/** The seed of this run of the deep suite; printed when the run starts. */
export const DEEP_SEED = Number(process.env.MILLWRIGHT_DEEP_SEED ?? 1);
/** Wall time that one deep file may spend, milliseconds. */
export const DEEP_MS = Number(process.env.MILLWRIGHT_DEEP_MS ?? 20_000);
/** Whether every case runs to its full count instead of to the budget. */
export const DEEP_FULL = process.env.MILLWRIGHT_DEEP_FULL === '1';

export interface DeepRun {
  /** Tells one family of cases from another, so that each draws its own. */
  readonly name: string;
  /** Cases of a full run. */
  readonly full: number;
  /** Part of the file's budget, 0 to 1; all of it unless given. */
  readonly share?: number;
}

/**
 * Runs `one` case after another until the budget or the full count is reached, at least once. A case that throws ends the run with
 * what is needed to run it alone again.
 * @returns the number of cases that ran
 */
export async function deepRun(run: DeepRun, one: (source: Random, index: number) => Promise<void> | void): Promise<number> {
  const until = DEEP_FULL ? Number.POSITIVE_INFINITY : Date.now() + DEEP_MS * (run.share ?? 1);
  const cases = random(DEEP_SEED).fork(run.name);
  let index = 0;
  for (; index < run.full && (index === 0 || Date.now() < until); index++) {
    try {
      await one(cases.fork(index), index);
    } catch (cause) {
      throw new Error(`${run.name}: case ${index} of seed ${DEEP_SEED} failed: ${String((cause as Error)?.message ?? cause)}`, {
        cause,
      });
    }
  }
  console.log(`${run.name}: ${index} of ${run.full} cases, seed ${DEEP_SEED}`);
  return index;
}
