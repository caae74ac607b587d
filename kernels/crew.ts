// How threads work together: thread 0 leads, the others serve. A job is a number and its arguments in the control block.

import { DONE, KIND, NEXT } from './control';
import { performJob } from './jobs';

/** Polls before a thread goes to sleep: some tens of microseconds. */
const SPINS: i32 = 20000;
/** Nanoseconds after which the leader gives the others up for dead. */
const PATIENCE: i64 = 60_000_000_000;

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
  atomic.store<i32>(controlAt + DONE, 0);
  if (threads > 1) {
    atomic.add<i32>(controlAt, 1);
    atomic.notify(controlAt, threads);
  }
  if (kind != 0) performJob(kind, controlAt, 0, threads);
  let done: i32 = atomic.load<i32>(controlAt + DONE);
  while (done < threads - 1) {
    for (let spin: i32 = 0; done < threads - 1 && spin < SPINS; spin++) done = atomic.load<i32>(controlAt + DONE);
    if (done < threads - 1 && atomic.wait<i32>(controlAt + DONE, done, PATIENCE) == 2) return 0;
    done = atomic.load<i32>(controlAt + DONE);
  }
  return 1;
}
