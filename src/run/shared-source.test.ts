import { expect, test } from 'vitest';
import type { SourceSink } from '../server/hosted-model.js';
import { sharedSource } from './shared-source.js';

/** A system that takes rows whose value is not above a bound, and remembers them. */
function reader(system: string, most: number) {
  const taken: unknown[] = [];
  const take: SourceSink = async (rows, batch) => {
    const good = rows.filter((row) => (row as number) <= most);
    taken.push([batch, good]);
    const quarantined = rows.flatMap((row, index) =>
      (row as number) > most ? [{ row: index, reason: `${row} is above ${most}.` }] : [],
    );
    return { accepted: good.length, quarantined };
  };
  return { system, take, taken };
}

test('every system that reads the source gets the rows, and a row counts as accepted where all took it', async () => {
  const [a, b, c] = [reader('a', 10), reader('b', 5), reader('c', 100)];
  const answer = await sharedSource([a, b, c])([1, 7, 20, 200], 'b1');
  expect(answer).toEqual({
    accepted: 1,
    quarantined: [
      { row: 1, reason: 'b: 7 is above 5.' },
      { row: 2, reason: 'a: 20 is above 10. b: 20 is above 5.' },
      { row: 3, reason: 'a: 200 is above 10. b: 200 is above 5. c: 200 is above 100.' },
    ],
  });
  expect([a.taken, b.taken, c.taken]).toEqual([[['b1', [1, 7]]], [['b1', [1]]], [['b1', [1, 7, 20]]]]);
});

test('a source of one system answers as that system does', async () => {
  const only = reader('a', 10);
  expect(await sharedSource([only])([1, 20], undefined)).toEqual({
    accepted: 1,
    quarantined: [{ row: 1, reason: '20 is above 10.' }],
  });
});
