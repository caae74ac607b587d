import { expect, test } from 'vitest';
import { differences, oddRow, openPaths } from '../conformance/one-meaning.js';
import { pushedAndInFile } from '../conformance/pushed-meaning.js';
import { deepRun } from './deep-run.js';

test('rows mean the same in process, as requests, in a module and in files', { timeout: 0 }, async () => {
  const paths = await openPaths();
  try {
    await deepRun({ name: 'one meaning', full: 100, share: 0.7 }, async (source) => {
      const rows = Array.from({ length: 500 }, () => oddRow(source));
      expect(differences(rows, await paths.all(rows))).toEqual([]);
    });
  } finally {
    await paths.close();
  }
});

test('pushed rows mean what they mean in the file of their source', { timeout: 0 }, async () => {
  await deepRun({ name: 'pushed meaning', full: 20, share: 0.3 }, async (source) => {
    const { events, pushed, inFile } = await pushedAndInFile(500, source.below(2 ** 31));
    expect(events.filter((_, i) => pushed[i] !== inFile[i])).toEqual([]);
  });
});
