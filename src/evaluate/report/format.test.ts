import { describe, expect, test } from 'vitest';
import { count, figure, interval, milliseconds, moment, percent, setting } from './format.js';

describe('figures', () => {
  test.each([
    [0.123456, '0.1235'],
    [0.875, '0.8750'],
    [-12.34567, '−12.35'],
    [1234.6, '1,235'],
    [999.96, '1,000'],
    [-1234567.8, '−1,234,568'],
    [0.000012345, '0.00001234'],
    [-1.23456e-9, '−1.235e-9'],
    [3e20, '3.000e20'],
    [0, '0'],
    [-0, '0'],
    [Number.NaN, '–'],
    [Number.NEGATIVE_INFINITY, '–'],
    [null, '–'],
    [undefined, '–'],
  ])('%d is %s', (value, text) => expect(figure(value)).toBe(text));

  test('counts, settings, shares, intervals', () => {
    expect([count(3_000_000), count(-1234), count(7), count(null)]).toEqual(['3,000,000', '−1,234', '7', '–']);
    expect([setting(31), setting(0.1), setting(-12), setting(-1e-9), setting(1 / 3), setting('gini'), setting(true)]).toEqual([
      '31',
      '0.1',
      '−12',
      '−1e-9',
      '0.3333',
      'gini',
      'true',
    ]);
    expect([percent(0.209), percent(1), percent(0), percent(0.00004), percent(null)]).toEqual([
      '20.9 %',
      '100 %',
      '0 %',
      '0.00400 %',
      '–',
    ]);
    expect(interval({ low: 0.1, high: 0.2 })).toBe('0.1000 to 0.2000');
    expect(interval({ low: null, high: 0.2 })).toBe('–');
  });

  test('spans and moments', () => {
    expect([milliseconds(0.0021), milliseconds(5), milliseconds(12.345), milliseconds(1500), milliseconds(0)]).toEqual([
      '2.10 µs',
      '5 ms',
      '12.3 ms',
      '1.500 s',
      '0 ms',
    ]);
    expect([moment(Date.UTC(2001, 5, 30, 23, 59, 59)), moment(-1e12), moment(9e15), moment(null)]).toEqual([
      '2001-06-30 23:59 UTC',
      '1938-04-24 22:13 UTC',
      '–',
      '–',
    ]);
  });
});
