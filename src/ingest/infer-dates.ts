import { momentText } from '../types/moment.js';
import type { DateForm } from '../types/reading-plan.js';
import { isZeroDate } from './missing-texts.js';
import type { CountedText } from './text-counts.js';

export interface FoundDates {
  /** Null for dates written the ISO way. */
  readonly form: DateForm | null;
  /** Rows whose text is a date when it is read so, those of zeros included. */
  readonly fitting: number;
  /** Month and day could be either way round in every text. */
  readonly ambiguous: boolean;
}

const ISO = /^\d{4}[-/]\d{1,2}(?:[-/]\d{1,2}(?:[T ].*)?)?$/;
const NUMERIC = /^\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})(?:[,T ].*)?$/;
const NAMED =
  /^(?:\d{1,2}[-/. ]\s*[A-Za-z]{3,9}\.?[-/, ]\s*(?:\d{4}|\d{2})|[A-Za-z]{3,9}\.?[- ]\s*\d{1,2}(?:,|[-, ])\s*(?:\d{4}|\d{2}))(?:[,T ].*)?$/;
const COMPACT = /^(?:19|20)\d{6}(?:T?\d{4}(?:\d{2})?Z?)?$/;
const SAMPLE = 500;
/** Different days from which numbers of eight digits that are all days of the calendar are taken for days. */
const DAYS = 3;

/**
 * The way in which most texts are dates; null when half of them are none in any way.
 * @param order which of month and day comes first, when it is given
 */
export function findDates(texts: readonly CountedText[], order: 'mdy' | 'dmy' | null): FoundDates | null {
  const sample = texts.slice(0, SAMPLE);
  const all = weight(sample);
  const likely = (pattern: RegExp) => weight(sample.filter(({ text }) => pattern.test(text) || isZeroDate(text))) * 2 > all;
  const iso = fittingDates(texts, null, ISO);
  if (likely(ISO)) return { form: null, fitting: iso, ambiguous: false };
  if (likely(NAMED)) return { form: 'named', fitting: fittingDates(texts, 'named', NAMED), ambiguous: false };
  if (likely(NUMERIC)) return numericDates(texts, order);
  if (texts.length >= DAYS && likely(COMPACT))
    return { form: 'compact', fitting: fittingDates(texts, 'compact', COMPACT), ambiguous: false };
  return null;
}

function numericDates(texts: readonly CountedText[], order: 'mdy' | 'dmy' | null): FoundDates {
  const [mdy, dmy] = (['mdy', 'dmy'] as const).map((form) => fittingDates(texts, form, NUMERIC)) as [number, number];
  if (order !== null) return { form: order, fitting: order === 'mdy' ? mdy : dmy, ambiguous: false };
  // A point between the figures is written where the day comes first.
  const points = weight(texts.filter(({ text }) => /^\d+\./.test(text))) * 2 > weight(texts);
  if (points && dmy >= mdy) return { form: 'dmy', fitting: dmy, ambiguous: false };
  return { form: dmy > mdy ? 'dmy' : 'mdy', fitting: Math.max(mdy, dmy), ambiguous: mdy === dmy };
}

/** Rows whose texts have the pattern and are moments of the calendar, or zeros. */
function fittingDates(texts: readonly CountedText[], form: DateForm | null, pattern: RegExp): number {
  const parse = momentText(form ?? undefined);
  let rows = 0;
  for (const { text, count } of texts)
    if (isZeroDate(text) || (pattern.test(text) && Number.isFinite(parse(text)))) rows += count;
  return rows;
}

const weight = (texts: readonly CountedText[]): number => texts.reduce((sum, { count }) => sum + count, 0);
