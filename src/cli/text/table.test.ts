import { expect, test } from 'vitest';
import { textTable } from './table.js';

const reason = 'auc is worse by 0.02 than that of the champion (version 3), and 0.95 is asked for; nothing was changed';

test('the last column is folded to the width of the terminal, with nothing lost', () => {
  const text = textTable(
    ['#', 'why'],
    [
      ['1', reason],
      ['12', 'short'],
    ],
    40,
  );
  const lines = text.split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  expect(
    lines
      .slice(2)
      .map((line) => line.slice(4))
      .join(' '),
  ).toBe(`${reason} short`);
  expect(lines[2]).toMatch(/^ 1 {2}auc/);
  expect(lines.at(-1)).toBe('12  short');
});

test('a file gets whole lines, and a word that is longer than the line is cut', () => {
  expect(textTable(['#', 'why'], [['1', reason]]).split('\n')).toHaveLength(3);
  const word = 'x'.repeat(100);
  const parts = textTable(['#', 'why'], [['1', word]], 10)
    .split('\n')
    .slice(2);
  expect(parts.map((part) => part.trim().replace(/^1 +/, '')).join('')).toBe(word);
});
