import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../src/base/random.js';
import { differences, oddRow, openPaths, type Paths } from './one-meaning.js';
import { pushedAndInFile } from './pushed-meaning.js';

let paths: Paths;
beforeAll(async () => {
  paths = await openPaths();
}, 120_000);
afterAll(() => paths.close());

test('a row means the same in process, as a request, in a module and in files: one prediction to the bit or one refusal', async () => {
  const draw = random(29);
  const rows = Array.from({ length: 400 }, () => oddRow(draw));
  const found = await paths.all(rows);
  const refused = (found['in process'] ?? []).filter((meaning) => meaning !== undefined && 'refused' in meaning).length;
  expect(refused).toBeGreaterThan(60);
  expect(refused).toBeLessThan(260);
  for (const [way, meanings] of Object.entries(found))
    expect(meanings.filter((meaning) => meaning !== undefined).length, way).toBeGreaterThan(200);
  expect(differences(rows, found)).toEqual([]);
}, 120_000);

test('a pushed row means what it would mean in the file of its source', async () => {
  const { events, pushed, inFile } = await pushedAndInFile(250, 41);
  expect(new Set(pushed).size).toBeGreaterThan(80);
  expect(
    events.flatMap((event, i) => (pushed[i] === inFile[i] ? [] : [{ event, pushed: pushed[i], inFile: inFile[i] }])),
  ).toEqual([]);
}, 120_000);
