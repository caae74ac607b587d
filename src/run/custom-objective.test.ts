import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { planHash } from '../define/plan-hash.js';
import { printDefinition } from '../define/print-definition.js';
import { loadModel } from '../models/catalogue.js';
import { gbdt } from '../models/gbdt/estimator.js';
import { ForestModel } from '../models/trees/forest-model.js';
import { loadDefinition } from './load-definition.js';
import { reproduce } from './reproduce.js';
import { trainSystem } from './train-system.js';
import { openWorkspace } from './workspace.js';

const dir = mkdtempSync(join(tmpdir(), 'millwright-objective-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const source = random(3);
const rows = Array.from({ length: 600 }, (_, i) => {
  const size = source.below(10);
  return `${i},${size},${2 * size + 4 * source.normal()}`;
});
writeFileSync(join(dir, 'rows.csv'), `id,size,cost\n${rows.join('\n')}\n`);

const guide = readFileSync(new URL('../../docs/boosting.md', import.meta.url), 'utf8');
const [, shown = ''] = /```ts\n([^`]*?)```/.exec(guide) ?? [];

/** The definition of the guide, whose loss weighs errors below the truth so many times as much as those above it. */
function written(file: string, below: number, version: number): string {
  const path = join(dir, file);
  writeFileSync(path, shown.replaceAll('? 9 : 1', `? ${below} : 1`).replace('version: 1', `version: ${version}`));
  return path;
}

describe('an own objective', async () => {
  const workspace = await openWorkspace(join(dir, 'store'), {});
  afterAll(() => workspace.close());
  const train = async (path: string) => {
    const { system, baseDir } = await loadDefinition(path);
    return trainSystem({ plan: system.plan, baseDir, definition: [path], alias: null, because: 'A test.' }, workspace);
  };
  const modelOf = async (version: number) => {
    const { pipeline } = await workspace.models.resolve(`costs:${version}`);
    return { pipeline, bytes: Buffer.from(await workspace.store.artifacts.get(pipeline)) };
  };
  const first = written('nine.system.ts', 9, 1);

  test('goes from the definition into a registered model that bears its name and version', async () => {
    const { system } = await loadDefinition(first);
    expect(system.plan.train.candidates[0]?.params).toMatchObject({ objective: 'cautious@1' });
    expect(JSON.parse(JSON.stringify(system.plan))).toEqual(system.plan);
    expect(printDefinition(system.plan)).toContain("objective: 'cautious@1'");
    const outcome = await train(first);
    expect(outcome.model).toMatchObject({ name: 'costs', version: 1 });
    const { bytes } = await modelOf(1);
    expect(bytes.includes('cautious@1')).toBe(true);
    expect(await reproduce('costs:1', workspace)).toMatchObject({ identical: true });
  });

  test('of another version makes another plan and another model', async () => {
    const second = written('one.system.ts', 1, 2);
    const [one, two] = [(await loadDefinition(first)).system.plan, (await loadDefinition(second)).system.plan];
    expect(planHash(one)).not.toBe(planHash(two));
    expect((await train(second)).model).toMatchObject({ name: 'costs', version: 2 });
    expect((await modelOf(2)).pipeline).not.toBe((await modelOf(1)).pipeline);
  });

  test('never changes what its name and version stand for, nor lacks its function', async () => {
    await expect(loadDefinition(written('two.system.ts', 5, 1))).rejects.toMatchObject({ code: 'MW_MODEL_OBJECTIVE' });
    const data = {
      matrix: { rows: 2, columns: [], features: [] },
      target: Float64Array.of(1, 2),
    };
    const context = { task: 'regression', classes: 1, seed: 1 } as const;
    await expect(gbdt.fit(data, { objective: 'unheard@1' }, context)).rejects.toMatchObject({ code: 'MW_MODEL_OBJECTIVE' });
    const known = await gbdt.fit(data, { objective: 'cautious@1' }, context);
    const back = loadModel(known.serialize());
    expect(back).toBeInstanceOf(ForestModel);
    expect(back).toMatchObject({ objective: 'cautious@1' });
  });
});
