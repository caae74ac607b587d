// How threads work together: thread 0 leads, the others serve. A job is a number and its arguments in the control block.

import { DONE, KIND, LOST, MEETING, NEXT } from './control';
import { performJob } from './jobs';
import { waitFor } from './meeting';

/** Polls before a thread without a job goes to sleep: some hundred microseconds, longer than the host needs between two jobs. */
const SPINS: i32 = 200000;

/** Serves until a job of kind 0. */
export function serve(controlAt: usize, thread: i32, threads: i32, generation: i32): void {
  let seen: i32 = generation;
  for (;;) {
    let now: i32 = atomic.load<i32>(controlAt);
    for (let spin: i32 = 0; now == seen && spin < SPINS; spin++) now = atomic.load<i32>(controlAt);
    if (now == seen) {
      atomic.wait<i32>(controlAt, seen, -1);
      continue;
    }
    seen = now;
    const kind: i32 = load<i32>(controlAt + KIND);
    if (kind != 0) performJob(kind, controlAt, thread, threads);
    if (atomic.add<i32>(controlAt + DONE, 1) + 2 >= threads) atomic.notify(controlAt + DONE, 1);
    if (kind == 0) return;
  }
}

/** Performs a job with the servers; returns 1 when all have done their part, 0 when one did not answer. */
export function lead(controlAt: usize, kind: i32, threads: i32): i32 {
  store<i32>(controlAt + KIND, kind);
  store<i32>(controlAt + NEXT, 0);
  store<i32>(controlAt + MEETING, 0);
  atomic.store<i32>(controlAt + DONE, 0);
  if (threads > 1) {
    atomic.add<i32>(controlAt, 1);
    atomic.notify(controlAt, threads);
  }
  if (kind != 0) performJob(kind, controlAt, 0, threads);
  if (load<i32>(controlAt + LOST)) return 0;
  return waitFor(controlAt + DONE, threads - 1) ? 1 : 0;
}
