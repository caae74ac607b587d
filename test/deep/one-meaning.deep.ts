import { expect, test } from 'vitest';
import { differences, oddRow, openPaths } from '../../src/run/testing/one-meaning.js';
import { deepRun } from './deep-run.js';

test('rows mean the same in process, as requests, in a module and in files', { timeout: 0 }, async () => {
  const paths = await openPaths();
  try {
    await deepRun({ name: 'one meaning', full: 100 }, async (source) => {
      const rows = Array.from({ length: 500 }, () => oddRow(source));
      expect(differences(rows, await paths.all(rows))).toEqual([]);
    });
  } finally {
    await paths.close();
  }
});
