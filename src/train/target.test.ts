import { describe, expect, test } from 'vitest';
import { type ColumnKind, columnFrom, type Scalar } from '../frame/column.js';
import { codeFurther, codeTarget, inferTask, whyTask } from './target.js';

const text = (...values: readonly Scalar[]) => columnFrom('string', values);
const number = (...values: readonly Scalar[]) => columnFrom('number', values);
const coded = (...args: Parameters<typeof codeTarget>) => {
  const { classes, values, missing } = codeTarget(...args);
  return { classes, values: [...values], missing };
};
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('the task is read off the target', () => {
  test.each<[string, ReturnType<typeof text>]>([
    ['binary', text('yes', 'no', null)],
    ['binary', number(1, 2, 2)],
    ['binary', number(3.5, 7)],
    ['binary', columnFrom('boolean', [true, false])],
    ['multiclass', text('a', 'b', 'c')],
    ['multiclass', number(0, 1, 2, 1)],
    ['multiclass', number(1, 2, 3, 4, 5)],
    ['regression', number(3, 4, 5)],
    ['regression', number(0, 1, 3)],
    ['regression', number(0.5, 1, 2)],
    ['regression', text('1.5', '2', '7')],
    ['regression', number(...Array.from({ length: 21 }, (_, i) => i))],
  ])('%s', (task, column) => {
    expect(inferTask(column)).toBe(task);
  });

  test('nothing to learn is a coded error', () => {
    expect(() => inferTask(text('a', 'a', null))).toThrow(code('MW_TRAIN_TARGET_CONSTANT'));
    expect(() => inferTask(text(null, null))).toThrow(code('MW_TRAIN_TARGET_MISSING'));
    expect(() => inferTask(number())).toThrow(code('MW_TRAIN_TARGET_MISSING'));
  });
});

describe('the positive class', () => {
  test.each<[ColumnKind, readonly Scalar[], string]>([
    ['string', ['Yes', 'No'], 'Yes'],
    ['string', ['No', 'Yes'], 'Yes'],
    ['boolean', [false, true], 'true'],
    ['number', [1, 0], '1'],
    ['number', [2, 1], '2'],
    ['number', [-1, 1], '1'],
    ['number', [10, 9], '10'],
    ['string', ['>50K', '<=50K', '>50K'], '>50K'],
    ['string', ['neg', 'pos'], 'pos'],
    ['string', ['benign', 'malignant', 'benign'], 'malignant'],
    ['string', ['spam', 'ham'], 'spam'],
    ['string', ['other', 'no'], 'other'],
  ])('%s %j', (kind, values, positive) => {
    expect(codeTarget(columnFrom(kind, values), 'binary').classes[1]).toBe(positive);
  });

  test('may be named', () => {
    expect(coded(text('yes', 'no', null), 'binary', 'no')).toEqual({
      classes: ['yes', 'no'],
      values: [0, 1, Number.NaN],
      missing: 1,
    });
    expect(() => codeTarget(text('yes', 'no'), 'binary', 'maybe')).toThrow(code('MW_TRAIN_POSITIVE_UNKNOWN'));
  });
});

test('classes are ordered as numbers when all are, else as text', () => {
  expect(coded(number(10, 9, 2), 'multiclass').classes).toEqual(['2', '9', '10']);
  expect(coded(text('10', 'b', '9'), 'multiclass')).toEqual({ classes: ['10', '9', 'b'], values: [0, 2, 1], missing: 0 });
});

test('a regression takes numbers, also as text; anything else is a coded error', () => {
  expect(coded(text('1.5', null, ' ', '3'), 'regression')).toEqual({
    classes: [],
    values: [1.5, Number.NaN, Number.NaN, 3],
    missing: 2,
  });
  expect(coded(number(1, Number.POSITIVE_INFINITY, 2), 'regression').missing).toBe(1);
  expect(coded(columnFrom('boolean', [true, false, null]), 'regression').values).toEqual([1, 0, Number.NaN]);
  expect(() => codeTarget(text('1', 'many'), 'regression')).toThrow(code('MW_TRAIN_TARGET_NOT_NUMERIC'));
  expect(() => codeTarget(number(4, 4, null), 'regression')).toThrow(code('MW_TRAIN_TARGET_CONSTANT'));
  expect(() => codeTarget(number(null), 'regression')).toThrow(code('MW_TRAIN_TARGET_MISSING'));
});

test('classes must fit the task', () => {
  expect(() => codeTarget(text('a', 'b', 'c'), 'binary')).toThrow(code('MW_TRAIN_TARGET_CLASSES'));
  const many = text(...Array.from({ length: 300 }, (_, i) => `c${i}`));
  expect(() => codeTarget(many, 'multiclass')).toThrow(code('MW_TRAIN_TARGET_CLASSES'));
});

describe('labels of further rows', () => {
  const adult = codeTarget(text('<=50K', '>50K'), 'binary');

  test('are coded by the known classes, white space, full stops and case aside', () => {
    const { values, unknown } = codeFurther(adult, text(' <=50K.', '>50k', '>50K', null, 'none', 'none'));
    expect([...values]).toEqual([0, 1, 1, Number.NaN, Number.NaN, Number.NaN]);
    expect(unknown).toEqual(['none']);
  });

  test('a label that is a class as it stands is that class', () => {
    const odd = codeTarget(text('a', 'A', 'a.'), 'multiclass');
    expect([...codeFurther(odd, text(...odd.classes)).values]).toEqual([0, 1, 2]);
  });

  test('numbers are compared as numbers', () => {
    const coded = codeTarget(text('1', '2'), 'binary');
    expect([...codeFurther(coded, number(1, 2, 1)).values]).toEqual([0, 1, 0]);
    expect([...codeFurther(coded, text('1.0', '2.00', '3')).values]).toEqual([0, 1, Number.NaN]);
    const amounts = codeTarget(number(1, 2), 'regression');
    expect(codeFurther(amounts, text('7', null))).toEqual({ values: Float64Array.of(7, Number.NaN), unknown: [] });
  });
});

test('numbers that might be grades or amounts are told which they were taken for, and the other way', () => {
  const grades = number(3, 4, 5, 6, 7, 8, 9, 5, 5);
  expect(whyTask(grades, inferTask(grades))).toBe(
    'the 7 whole numbers from 3 to 9 are taken for amounts; --problem multiclass takes them for classes',
  );
  const stars = number(1, 2, 3, 4, 5, 5);
  expect(whyTask(stars, inferTask(stars))).toBe(
    'the whole numbers 1 to 5 are taken for classes; --problem regression takes them for amounts',
  );
  for (const clear of [
    number(0.5, 1, 2.25),
    number(...Array.from({ length: 60 }, (_, i) => i * 3)),
    number(0, 1, 1),
    columnFrom('string', ['a', 'b', 'c']),
  ])
    expect(whyTask(clear, inferTask(clear))).toBeNull();
});
