import { fail } from '../base/error.js';
import type { ColumnPlan } from '../define/plan.js';
import type { StringColumn } from '../frame/column.js';
import { momentText } from '../types/moment.js';
import { numberText } from '../types/number-text.js';
import type { DateForm, ReadingPlan } from '../types/reading-plan.js';
import { findDates } from './infer-dates.js';
import { findNumbers, fittingRows, type NumberReading } from './infer-numbers.js';
import { isMissingWord, isZeroDate, MISSING_STRINGS } from './missing-texts.js';
import { planStrings } from './plan-columns.js';
import type { NumbersAndTexts } from './raw-column.js';
import { type CountedText, countTexts, namedTexts } from './text-counts.js';
import { isDigitCode, textType } from './text-types.js';

/** What is said of all columns of a file. */
export interface ColumnHints {
  /** Texts that mean missing whatever the column is. */
  readonly missing: readonly string[];
  readonly decimal: ',' | '.' | null;
  /** Which of month and day comes first in dates of figures. */
  readonly dates: 'mdy' | 'dmy' | null;
  /** Whether dates that read both ways are refused; else they stay texts. */
  readonly refuseAmbiguous: boolean;
}

export interface InferredColumn {
  readonly plan: ColumnPlan;
  readonly warnings: readonly string[];
}

/** A column is typed when at least this share of its values are of the type and at least so many rows speak for it. */
const ENOUGH = 0.99;
const FEW = 100;

/**
 * What the texts of a column are, by one rule over all of its rows: codes of digits stay texts, then numbers, truth values and moments in
 * the ways that they are written, then texts. Where a few values (1 % at most) do not fit, their rows are rejected with a warning; where
 * many do not, the column is text with a warning that names them.
 * @throws MW_INGEST_DATES_AMBIGUOUS
 */
export function inferColumn(
  file: string,
  name: string,
  column: StringColumn | NumbersAndTexts,
  hints: ColumnHints,
): InferredColumn {
  const all = countTexts(column);
  const given = new Set(hints.missing);
  const texts = all.filter(({ text }) => !given.has(text) && !isMissingWord(text));
  const values = column.kind === 'numbers' ? column.values : null;
  let numbers = 0;
  if (values) for (const value of values) if (value === value) numbers++;
  const present = numbers + texts.reduce((sum, { count }) => sum + count, 0);
  const nullable = present < (values ?? (column as StringColumn).codes).length;
  const words = (used: (text: string) => boolean) =>
    [...new Set([...hints.missing, ...all.flatMap(({ text }) => (!given.has(text) && used(text) ? [text] : []))])].sort();
  const plain = (type: ColumnPlan['type'], reads: ReadingPlan, used = isMissingWord): ColumnPlan => {
    const missing = words(used);
    const all: ReadingPlan = { ...(missing.length > 0 ? { missing } : {}), ...reads };
    return { kind: 'column', type, categories: null, nullable, ...(Object.keys(all).length > 0 ? { reads: all } : {}) };
  };
  const enough = (fitting: number) => fitting === present || (present >= FEW && fitting >= present * ENOUGH);
  const misfit = (type: string, fitting: number, fits: (text: string) => boolean): string[] =>
    fitting === present
      ? []
      : [
          `Column '${name}' is read as ${type}: ${present - fitting} of ${present} values are not, and their rows are rejected: ${namedTexts(texts.filter(({ text }) => !fits(text)))}. Name those that mean missing with --missing.`,
        ];
  if (present === 0) return { plan: plain('string', {}), warnings: [] };

  const codes = texts.some(({ text }) => isDigitCode(text)) && !hasFractions(column, texts);
  const dates = codes ? null : findDates(texts.length > 0 || !values ? texts : daysOf(values), hints.dates);
  const compactNumbers = dates?.form === 'compact' && texts.length === 0;
  const ambiguous = dates?.ambiguous === true && !hints.refuseAmbiguous;
  if (dates && !ambiguous && enough(compactNumbers ? present : dates.fitting)) {
    if (!compactNumbers || allDays(values as Float64Array)) {
      if (dates.ambiguous) refuseAmbiguous(file, name, texts);
      const form: DateForm | null = dates.form;
      const parse = momentText(form ?? undefined);
      const fits = (text: string) => isZeroDate(text) || Number.isFinite(parse(text));
      return {
        plan: plain('timestamp', form === null ? {} : { dates: form }, (text) => isMissingWord(text) || isZeroDate(text)),
        warnings: misfit('timestamp', compactNumbers ? present : dates.fitting, fits),
      };
    }
  }
  const found = codes ? null : numberReading(texts, numbers, hints.decimal);
  if (found && enough(found.fitting + infiniteRows(texts, found.reads))) {
    const parse = numberText(found.reads);
    const fits = (text: string) => Number.isFinite(parse(text));
    const type = isWhole(column, texts, found.reads) ? 'integer' : 'number';
    return {
      plan: plain(type, found.reads),
      warnings: [
        ...misfit(type, found.fitting, fits),
        ...(found.doubtful
          ? [
              `Column '${name}' is read with ',' between thousands ('${exampleWith(texts, ',')}'). If it is the decimal sign, say --decimal ','.`,
            ]
          : []),
      ],
    };
  }
  const truths = texts.reduce((sum, { text, count }) => sum + (textType(text) === 'boolean' ? count : 0), 0);
  if (numbers === 0 && enough(truths) && truths > 0)
    return {
      plan: plain('boolean', {}),
      warnings: misfit('boolean', truths, (text) => textType(text) === 'boolean'),
    };
  return inferText(name, column, all, { ...hints, codes, nearly: nearly(name, texts, present, found, dates) });
}

interface TextHints extends ColumnHints {
  readonly codes: boolean;
  readonly nearly: readonly string[];
}

function inferText(
  name: string,
  column: StringColumn | NumbersAndTexts,
  all: readonly CountedText[],
  { missing: given, nearly: warnings, codes }: TextHints,
): InferredColumn {
  const kept = isCodeList(column, all);
  const means = (text: string) => given.includes(text) || (MISSING_STRINGS.has(text) && !(kept && text === 'NA'));
  const missing = [...new Set([...given, ...all.flatMap(({ text }) => (means(text) ? [text] : []))])].sort();
  const set = new Set(missing);
  const strings = column.kind === 'numbers' ? null : withoutTexts(column, set);
  const plan: ColumnPlan = strings
    ? planStrings(strings)
    : { kind: 'column', type: 'string', categories: null, nullable: true };
  const na = kept && all.find(({ text }) => text === 'NA');
  return {
    plan: missing.length > 0 ? { ...plan, reads: { missing } } : plan,
    warnings: [
      ...(codes ? [] : warnings),
      ...(na && !given.includes('NA')
        ? [
            `Column '${name}' has 'NA' beside other codes in ${na.count} rows; it is read as one of them. Say --missing NA if it means missing.`,
          ]
        : []),
    ],
  };
}

/**
 * Whether NA can be a code among others (North America, Namibia): all other texts are capital letters too, or missing values are written
 * another way beside it.
 */
function isCodeList(column: StringColumn | NumbersAndTexts, all: readonly CountedText[]): boolean {
  if (column.kind === 'numbers') return false;
  const others = all.filter(({ text }) => text !== 'NA' && !MISSING_STRINGS.has(text));
  if (others.length < 2 || others.length === all.length) return false;
  return others.every(({ text }) => /^[A-Z]{2,5}$/.test(text));
}

function withoutTexts(column: StringColumn, texts: ReadonlySet<string>): StringColumn {
  if (texts.size === 0) return column;
  const gone = column.dictionary.map((text) => texts.has(text));
  return { ...column, codes: column.codes.map((code) => (code >= 0 && gone[code] ? -1 : code)) };
}

function numberReading(
  texts: readonly CountedText[],
  numbers: number,
  decimal: ',' | '.' | null,
): { reads: NumberReading; fitting: number; doubtful: boolean } | null {
  if (texts.length === 0) return numbers > 0 ? { reads: {}, fitting: numbers, doubtful: false } : null;
  const found = findNumbers(texts, decimal);
  if (found) return { ...found, fitting: found.fitting + numbers };
  return numbers > 0 ? { reads: {}, fitting: numbers + fittingRows(texts, {}), doubtful: false } : null;
}

/** One warning where most values are numbers or dates and too many are not. */
function nearly(
  name: string,
  texts: readonly CountedText[],
  present: number,
  numbers: { reads: NumberReading; fitting: number } | null,
  dates: { form: DateForm | null; fitting: number } | null,
): string[] {
  const best = (numbers?.fitting ?? 0) >= (dates?.fitting ?? 0) ? 'numbers' : 'dates';
  const fitting = Math.max(numbers?.fitting ?? 0, dates?.fitting ?? 0);
  if (fitting * 2 < present) return [];
  const parse = best === 'numbers' ? numberText(numbers?.reads ?? {}) : momentText(dates?.form ?? undefined);
  const others = texts.filter(({ text }) => !Number.isFinite(parse(text)));
  return [
    `Column '${name}' is read as text: ${fitting} of ${present} values are ${best}, the others are ${namedTexts(others)}. Name those that mean missing with --missing.`,
  ];
}

function refuseAmbiguous(file: string, name: string, texts: readonly CountedText[]): never {
  const example = texts.find(({ text }) => !isZeroDate(text))?.text ?? '';
  return fail('MW_INGEST_DATES_AMBIGUOUS', {
    what: `The dates of column '${name}' can be read with the month first and with the day first: '${example}'.`,
    where: { file, column: name },
    fix: 'Say --dates mdy when the month comes first, --dates dmy when the day does.',
  });
}

function hasFractions(column: StringColumn | NumbersAndTexts, texts: readonly CountedText[]): boolean {
  if (
    column.kind === 'numbers' &&
    (column.pointed || (column.native && column.values.some((value) => value % 1 !== 0 && value === value)))
  )
    return true;
  return texts.some(({ text }) => /^[+-]?\d*\.\d*(?:[eE][+-]?\d+)?$/.test(text) || /^\d+[eE][+-]\d+$/.test(text));
}

const WHOLE = /^[^.]*$/;
function isWhole(column: StringColumn | NumbersAndTexts, texts: readonly CountedText[], reads: NumberReading): boolean {
  if (column.kind === 'numbers') {
    if (column.pointed) return false;
    for (const value of column.values) if (value === value && !Number.isSafeInteger(value)) return false;
  }
  const parse = numberText(reads);
  const point = reads.decimal ?? '.';
  return texts.every(({ text }) => {
    const value = parse(text);
    return (
      !Number.isFinite(value) ||
      (Number.isSafeInteger(value) && (point === ',' ? !text.includes(',') : plainWhole(text, reads)))
    );
  });
}

const plainWhole = (text: string, reads: NumberReading): boolean =>
  WHOLE.test(reads.group === '.' ? text.replaceAll('.', '') : text) && !/\d[eE]/.test(text);

/** Numbers as the texts of days, a few of them. */
function daysOf(values: Float64Array): CountedText[] {
  const texts = new Set<string>();
  for (const value of values) {
    if (value === value) texts.add(String(value));
    if (texts.size > 500) break;
  }
  return [...texts].map((text) => ({ text, count: 1 }));
}

function allDays(values: Float64Array): boolean {
  const parse = momentText('compact');
  for (const value of values)
    if (value === value && !(value >= 19_000_101 && value <= 20_991_231 && Number.isFinite(parse(String(value))))) return false;
  return true;
}

const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** Rows whose text is a number that no column holds: they speak for numbers, and are rejected. */
function infiniteRows(texts: readonly CountedText[], reads: NumberReading): number {
  const parse = numberText(reads);
  let rows = 0;
  for (const { text, count } of texts) if (INFINITE.test(text) || Math.abs(parse(text)) === Infinity) rows += count;
  return rows;
}

const exampleWith = (texts: readonly CountedText[], sign: string): string =>
  texts.find(({ text }) => text.includes(sign))?.text ?? '';
