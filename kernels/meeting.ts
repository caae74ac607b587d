// Meeting points within a job: nobody goes on before all have come.

import { LOST, MEETING } from './control';

/** Polls before a waiting thread goes to sleep. */
const SPINS: i32 = 20000;
/** Nanoseconds of one sleep, and how many sleeps without an answer mean that the others are dead rather than slow. */
const SLEEP: i64 = 100_000_000;
const SLEEPS: i32 = 20;

/** Waits until the counter has reached `count`; false when that does not happen for long. */
export function waitFor(counterAt: usize, count: i32): bool {
  let now: i32 = atomic.load<i32>(counterAt);
  for (let sleeps: i32 = 0; now < count && sleeps < SLEEPS; now = atomic.load<i32>(counterAt)) {
    for (let spin: i32 = 0; now < count && spin < SPINS; spin++) now = atomic.load<i32>(counterAt);
    if (now < count && atomic.wait<i32>(counterAt, now, SLEEP) == 2) sleeps++;
  }
  return now >= count;
}

/** Waits for the others; false when one did not come, so that the job must be given up. */
export function meet(controlAt: usize, threads: i32): bool {
  if (threads == 1) return true;
  if (load<i32>(controlAt + LOST)) return false;
  const arrived: i32 = atomic.add<i32>(controlAt + MEETING, 1) + 1;
  // Threads that have met before are counted too: this is the meeting that the next multiple completes.
  const all: i32 = ((arrived + threads - 1) / threads) * threads;
  if (arrived == all) {
    atomic.notify(controlAt + MEETING, threads);
    return true;
  }
  if (waitFor(controlAt + MEETING, all)) return true;
  atomic.store<i32>(controlAt + LOST, 1);
  return false;
}
