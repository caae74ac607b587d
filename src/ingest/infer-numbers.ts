import { numberText } from '../types/number-text.js';
import type { ReadingPlan } from '../types/reading-plan.js';
import type { CountedText } from './text-counts.js';

export type NumberReading = Pick<ReadingPlan, 'decimal' | 'group' | 'unit'>;

export interface FoundNumbers {
  readonly reads: NumberReading;
  /** Rows whose text is a number when it is read so. */
  readonly fitting: number;
  /** Whether the signs between digits could be read another way, and so another number. */
  readonly doubtful: boolean;
}

const UNITS = [
  '%',
  '$',
  '€',
  '£',
  '¥',
  '₹',
  '₩',
  '₽',
  '₺',
  'R$',
  'US$',
  'USD',
  'EUR',
  'GBP',
  'CHF',
  'JPY',
  'kr',
  'zł',
  'Kč',
  'Ft',
];
/** Signs of groups and decimals, the plainest first: of equals the first wins. */
const SIGNS: readonly NumberReading[] = [
  {},
  { group: ',' },
  { decimal: ',' },
  { decimal: ',', group: '.' },
  { group: ' ' },
  { decimal: ',', group: ' ' },
  { group: "'" },
  { decimal: ',', group: "'" },
];
/** Distinct texts that are looked at before all are. */
const SAMPLE = 500;

/**
 * How texts that are mostly numbers are written: the unit and the signs under which most of them are numbers; null when under none
 * half of them are.
 * @param decimal the decimal sign when it is given
 */
export function findNumbers(texts: readonly CountedText[], decimal: ',' | '.' | null): FoundNumbers | null {
  const sample = texts.slice(0, SAMPLE);
  const digits = sample.filter(({ text }) => /\d/.test(text));
  if (weight(digits) * 2 < weight(sample)) return null;
  const units = unitOf(digits);
  let best: { reads: NumberReading; fitting: number } | null = null;
  for (const signs of SIGNS) {
    if (decimal !== null && (signs.decimal ?? '.') !== decimal && (decimal === '.' || usesSigns(sample))) continue;
    const reads = units === null ? signs : { ...signs, unit: units };
    const fitting = fittingRows(sample, reads);
    if (!best || fitting > best.fitting) best = { reads, fitting };
  }
  if (!best || best.fitting * 2 < weight(sample)) return null;
  const { reads } = best;
  return {
    reads,
    fitting: sample.length === texts.length ? best.fitting : fittingRows(texts, reads),
    doubtful: decimal === null && reads.group === ',' && isDoubtful(sample, reads),
  };
}

/** Rows whose texts are numbers when read so. */
export function fittingRows(texts: readonly CountedText[], reads: NumberReading): number {
  const parse = numberText(reads);
  let rows = 0;
  for (const { text, count } of texts) if (Number.isFinite(parse(text))) rows += count;
  return rows;
}

const weight = (texts: readonly CountedText[]): number => texts.reduce((sum, { count }) => sum + count, 0);
const usesSigns = (texts: readonly CountedText[]): boolean => texts.some(({ text }) => /[.,]/.test(text));

/** The unit that stands beside most of the numbers; null for none. */
function unitOf(texts: readonly CountedText[]): string | null {
  const counts = new Map<string, number>();
  for (const { text, count } of texts) {
    const unit = UNITS.filter((each) => beside(text, each)).sort((a, b) => b.length - a.length)[0];
    if (unit !== undefined) counts.set(unit, (counts.get(unit) ?? 0) + count);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

const beside = (text: string, unit: string): boolean => text.replace(/^[+-]\s*/, '').startsWith(unit) || text.endsWith(unit);

/** Whether every comma could be a decimal sign as well: 12,345 and never 1,234,567, 12,345.6 or anything else that settles it. */
function isDoubtful(texts: readonly CountedText[], reads: NumberReading): boolean {
  const other = numberText({ ...(reads.unit === undefined ? {} : { unit: reads.unit }), decimal: ',' });
  const own = numberText(reads);
  return texts.every(({ text }) => !Number.isFinite(own(text)) || (Number.isFinite(other(text)) && !/\./.test(text)));
}
