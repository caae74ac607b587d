/**
 * Names for predictions: unique, sortable by time, and enough to find the log record. 9 base-36 digits of the wall clock in
 * milliseconds, 4 of a counter within the millisecond, then the writer's tag, which tells processes apart.
 */
export type NextId = (now: number) => string;

const TIME_DIGITS = 9;
const COUNT_DIGITS = 4;
const COUNT_LIMIT = 36 ** COUNT_DIGITS;
const PATTERN = /^([0-9a-z]{9})([0-9a-z]{4})([0-9a-z]*)$/;

/** A source of ids for one writer; `tag` is lower-case base 36 and differs between writers of one log. */
export function predictionIds(tag: string): NextId {
  if (!/^[0-9a-z]*$/.test(tag)) throw new TypeError(`a writer's tag is of 0-9a-z, not '${tag}'`);
  let time = -1;
  let prefix = '';
  let count = 0;
  return (now) => {
    if (now > time || count >= COUNT_LIMIT) {
      time = Math.max(Math.floor(now), time + 1);
      prefix = time.toString(36).padStart(TIME_DIGITS, '0');
      count = 0;
    }
    return prefix + (count++).toString(36).padStart(COUNT_DIGITS, '0') + tag;
  };
}

/** The wall-clock moment in an id; undefined for text that is not one. */
export function timeOfId(id: string): number | undefined {
  const match = PATTERN.exec(id);
  return match ? Number.parseInt(match[1] as string, 36) : undefined;
}
