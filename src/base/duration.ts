import { fail } from './error.js';

/** A span of time as people write it: '250ms', '30s', '15m', '24h', '28d', '2w'. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd' | 'w'}`;

const UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

export const isDuration = (text: string): text is Duration => PATTERN.test(text);

/** Milliseconds of a duration; MW_DURATION_INVALID if it is not one. */
export function milliseconds(duration: string): number {
  const match = PATTERN.exec(duration);
  if (!match) fail('MW_DURATION_INVALID', { what: `'${duration}' is not a duration.` });
  return Number(match[1]) * UNIT[match[2] as keyof typeof UNIT];
}

/** A span in its largest whole unit, as `milliseconds` reads it back. */
export function formatDuration(ms: number): Duration {
  for (const unit of ['d', 'h', 'm', 's'] as const)
    if (ms >= UNIT[unit] && ms % UNIT[unit] === 0) return `${ms / UNIT[unit]}${unit}`;
  return `${ms}ms`;
}
