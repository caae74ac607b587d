// What jobs read from the control block. Each argument stands there as a real number and as a whole one: converting between them here
// makes V8 convert again in every turn of a loop.

import { REALS, WORDS } from './control';

export function at(control: usize, index: usize): usize {
  return load<u32>(control + WORDS + (index << 2));
}
export function whole(control: usize, index: usize): i32 {
  return load<i32>(control + WORDS + (index << 2));
}
export function real(control: usize, index: usize): f64 {
  return load<f64>(control + REALS + (index << 3));
}

/** First unit of a thread's share of `count`; that of the thread after the last is `count`. */
export function share(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * <i64>thread) / <i64>threads);
}
