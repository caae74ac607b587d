import { formatDuration } from '../base/duration.js';
import { keyCode, quoted } from './expression-code.js';
import type { SystemPlan } from './plan.js';

/** Names in the printed file, and what it must import. */
export interface Printing {
  readonly plan: SystemPlan;
  /** Notes a function of the language and gives its name. */
  readonly use: (name: string) => string;
  /** A variable of its own for a thing of that name. */
  readonly variable: (name: string) => string;
  /** Variables of the sources by name. */
  readonly sources: Map<string, string>;
}

/** Options as code: `{ a: 1, b: 'x' }` of the entries that are there. */
export function optionsCode(entries: readonly (readonly [string, string | undefined])[]): string {
  const there = entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return there.length === 0 ? '{}' : `{ ${there.map(([name, code]) => `${keyCode(name)}: ${code}`).join(', ')} }`;
}

export const durationCode = (ms: number): string => quoted(formatDuration(ms));
export const listCode = (items: readonly string[]): string => `[${items.map(quoted).join(', ')}]`;
