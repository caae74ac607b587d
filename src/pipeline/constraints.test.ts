import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { ESTIMATORS } from '../models/catalogue.js';
import type { ForestModel } from '../models/trees/forest-model.js';
import { fitEncoder } from './encoder.js';
import { makePipeline } from './make-pipeline.js';
import type { FeatureInput } from './pipeline.js';

const source = random(7);
const ROWS = 1500;
const income = Float64Array.from({ length: ROWS }, () => source.normal());
const city = Array.from({ length: ROWS }, () => `city ${source.below(40)}`);
const member = Array.from({ length: ROWS }, () => source.below(2) === 1);
const labels = Float64Array.from(income, (x, i) =>
  Number(Math.sin(3 * x) + 1.5 * (Number(city[i].slice(5)) % 3) - Number(member[i]) + source.normal() > 1),
);
const table = frame({
  income: columnFrom('number', [...income]),
  city: columnFrom('string', city),
  member: columnFrom('boolean', member),
});
const features: FeatureInput[] = [
  { name: 'income', type: 'number' },
  { name: 'city', type: 'category' },
  { name: 'member', type: 'boolean' },
];
const target = { task: 'binary', classes: 2, values: labels } as const;
const { gbdt } = ESTIMATORS;
// More cities than codes: the city becomes two inputs.
const { encoder, training } = fitEncoder(table, features, target, gbdt.needs, { maxCodes: 20 });
const fit = async (params: Record<string, unknown>) => {
  const context = { task: 'binary', classes: 2, seed: 1 } as const;
  const model = await gbdt.fit({ matrix: training, target: labels }, { rounds: 20, minRows: 5, ...params }, context);
  return { model: model as ForestModel, pipeline: makePipeline({ encoder, model, classes: ['no', 'yes'] }) };
};

test('directions by the names of the features hold for what is served', async () => {
  expect(encoder.outputs).toEqual(['income', 'city', 'city mean target', 'member']);
  const { pipeline } = await fit({ monotone: 'income:+, member:-' });
  const out = new Float64Array(1);
  const served = (...values: [number, string, boolean]): number => {
    pipeline.predictRow(values, out);
    return out[0];
  };
  let rose = 0;
  for (const town of ['city 1', 'city 12', 'nowhere'])
    for (const is of [true, false])
      for (let x = -3; x < 3; x += 0.05) {
        const step = served(x + 0.05, town, is) - served(x, town, is);
        expect(step).toBeGreaterThanOrEqual(0);
        if (step > 0) rose++;
        expect(served(x, town, true)).toBeLessThanOrEqual(served(x, town, false));
      }
  expect(rose).toBeGreaterThan(20);
});

test('a group names a feature with all that was made of it', async () => {
  const { model } = await fit({ interactions: 'city; income, member' });
  const { roots, slot, left } = model.forest;
  const used = new Set<string>();
  for (let t = 0; t + 1 < roots.length; t++) {
    const sides = new Set<string>();
    for (let node = roots[t]; node < roots[t + 1]; node++) {
      if (left[node] === node) continue;
      const feature = slot[node] < 0 ? -1 - slot[node] : slot[node] >> 1;
      sides.add(feature === 1 || feature === 2 ? 'city' : 'other');
      used.add(encoder.outputs[feature]);
    }
    // The first split decides for the whole tree, as the groups have nothing in common.
    expect(sides.size).toBe(1);
  }
  expect([...used].sort()).toEqual(['city', 'city mean target', 'income', 'member']);
});

test('what has no direction is refused by its name in the definition', async () => {
  await expect(fit({ monotone: 'city:+' })).rejects.toMatchObject({
    code: 'MW_OPTION_INVALID',
    message: "gbdt: option 'monotone' names 'city', which is no number.",
  });
  await expect(fit({ monotone: 'city mean target:+' })).rejects.toMatchObject({ code: 'MW_OPTION_INVALID' });
  await expect(fit({ interactions: 'citi' })).rejects.toMatchObject({ fix: expect.stringContaining("Did you mean 'city'?") });
});
