import type { Clock } from '../base/clock.js';
import type { Random } from '../base/random.js';

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id that sorts by the moment it was made (Crockford's base 32): 10 digits of epoch milliseconds, 8 random ones. */
export function newRunId(clock: Clock, random: Random): string {
  let id = '';
  for (let rest = Math.max(0, Math.floor(clock.now())), i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    id = DIGITS.charAt(rest % 32) + id;
  for (let i = 0; i < 8; i++) id += DIGITS.charAt(random.below(32));
  return id;
}
