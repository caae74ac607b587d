import type { SourceHistory } from '../../run/feed-history.js';
import { figure } from './table.js';

/** What of a source's files counts in the windows that are served, from when on, and what does not. */
export function historyText({ source, fed, until, older, later, untimed, slippedIn, read }: SourceHistory): string[] {
  const again = `--catch-up ${source}`;
  if (until === null)
    return [
      `  ${source}: its files were fed by an older version; rows of them that became known since count when they are pushed.`,
    ];
  if (!read)
    return [
      `  ${source}: rows of its files count that were known by ${day(until)}; start with ${again} for those since, or push them.`,
    ];
  return [
    `  ${source}: ${figure(fed)} rows fed, known by ${day(until)}${older > 0 ? `; ${figure(older)} are older than every window` : ''}.`,
    ...(later
      ? [
          `    ${figure(later.rows)} become known only from ${day(later.from)} to ${day(later.to)}: start with ${again} then, or push them.`,
        ]
      : []),
    ...(untimed > 0 ? [`    ! ${figure(untimed)} rows lack a moment and are in no window.`] : []),
    ...(slippedIn > 0
      ? [
          `    ! ${figure(slippedIn)} rows that were known before came into the files since they were last read, and do not count: push them.`,
        ]
      : []),
  ];
}

const day = (moment: number) => new Date(moment).toISOString();
