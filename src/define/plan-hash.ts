import { type ContentHash, hashData } from '../base/hash.js';
import type { SystemPlan } from './plan.js';

/** The name of a plan: that of its canonical JSON. Equal plans have equal hashes whatever order they were written in. */
export function planHash(plan: SystemPlan): ContentHash {
  return hashData(plan);
}
