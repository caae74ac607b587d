import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

test("in a stranger's project the data are those of the project, and what to install is said where it has none", () => {
  const project = join(folder, 'project');
  const own = join(project, 'node_modules/millwright');
  mkdirSync(join(project, 'deep'), { recursive: true });
  cpSync(join(packageFolder() as string, 'examples'), join(own, 'examples'), { recursive: true });
  expect(() => flightsExample(join(project, 'deep'), own)).toThrow(
    expect.objectContaining({ code: 'MW_INGEST_FILE_MISSING', fix: expect.stringContaining('npm install vega-datasets@3') }),
  );
  const data = join(project, 'node_modules/vega-datasets/data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'flights-3m.parquet'), '');
  const { definition, baseDir } = flightsExample(join(project, 'deep'), own);
  expect(definition).toBe(join(own, 'examples/flights/flights.system.ts'));
  expect(resolve(baseDir, '../../node_modules/vega-datasets/data/flights-3m.parquet')).toBe(join(data, 'flights-3m.parquet'));
  expect(() => flightsExample(project, join(folder, 'nowhere'))).toThrow(
    expect.objectContaining({ code: 'MW_DEFINITION_MISSING' }),
  );
});
