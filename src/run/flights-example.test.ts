import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageFolder } from '../base/package-version.js';
import { flightsExample } from './flights-example.js';
import { loadDefinition } from './load-definition.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-example-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a clone has the example and its data, whatever folder the command is run in', async () => {
  const { definition, baseDir } = flightsExample(folder);
  const { system } = await loadDefinition(definition);
  const data = system.plan.sources['flights']?.from.path as string;
  expect(resolve(baseDir, data)).toBe(join(packageFolder() as string, 'node_modules/vega-datasets/data/flights-3m.parquet'));
  mkdirSync(join(folder, 'deep'));
  expect(flightsExample(join(folder, 'deep'))).toEqual({ definition, baseDir });
});
