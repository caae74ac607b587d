import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { estimatorOf } from '../models/catalogue.js';
import { fitEncoder } from '../pipeline/encoder.js';
import { makePipeline } from '../pipeline/make-pipeline.js';
import { featureShares, permutationImportance } from './importance.js';

test('a feature that decides has importance and gain, noise has neither, and gains sum to one over encoded inputs', async () => {
  const source = random(4);
  const n = 1200;
  const town: string[] = [];
  const size: number[] = [];
  const noise: number[] = [];
  const target = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    town.push(['a', 'b', 'c'][source.below(3)] as string);
    size.push(source.normal());
    noise.push(source.normal());
    target[i] = source.next() < 1 / (1 + Math.exp(-3 * (size[i] as number) - (town[i] === 'a' ? 2 : -1))) ? 1 : 0;
  }
  const table = frame({
    town: columnFrom('string', town),
    size: columnFrom('number', size),
    noise: columnFrom('number', noise),
  });
  const features = [
    { name: 'town', type: 'category' },
    { name: 'size', type: 'number' },
    { name: 'noise', type: 'number' },
  ] as const;
  for (const name of ['gbdt', 'logistic']) {
    const estimator = estimatorOf(name);
    const { encoder, training } = fitEncoder(
      table,
      features,
      { task: 'binary', classes: 2, values: target },
      estimator.needs,
      {},
      1,
    );
    const model = await estimator.fit({ matrix: training, target }, {}, { task: 'binary', classes: 2, seed: 1 });
    const pipeline = makePipeline({ encoder, model, classes: ['no', 'yes'] });
    const found = permutationImportance({ pipeline, table, target, metric: 'auc', seed: 2 });
    expect(found.map(({ feature }) => feature)).toEqual(['size', 'town', 'noise']);
    expect(found[0]!.drop).toBeGreaterThan(0.15);
    expect(Math.abs(found[2]!.drop)).toBeLessThan(name === 'gbdt' ? 0.08 : 0.01);
    const gains = featureShares(pipeline, model.importances?.())!;
    if (name === 'gbdt') expect(found.reduce((sum, { splits }) => sum + splits!, 0)).toBeCloseTo(1, 9);
    else expect(found.every(({ splits }) => splits === null)).toBe(true);
    expect([...gains.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(gains.get('size')!).toBeGreaterThan(gains.get('noise')!);
    expect(found.every(({ feature, gain }) => gain === gains.get(feature))).toBe(true);
  }
});
