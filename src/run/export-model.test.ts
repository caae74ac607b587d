import { afterAll, expect, test } from 'vitest';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { readLightgbmText } from '../models/exchange/lightgbm-text.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import { EXPORT_FORMATS } from './export/catalogue.js';
import { exportModel } from './export-model.js';
import { makeOrders, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';

const house = await ordersHouse(makeOrders(70, 75));
afterAll(() => house.close());

test('a trained model is exported over its encoded inputs and predicts the same bits', async () => {
  const { workspace, dir } = house;
  const whole = ordersPlan();
  const candidates = whole.train.candidates.filter(({ estimator }) => estimator === 'gbdt');
  const plan = { ...whole, train: { ...whole.train, candidates } };
  await trainSystem({ plan, baseDir: dir, definition: [], alias: 'champion', because: 'A test.' }, workspace);
  const exported = await exportModel('orders', { to: 'lightgbm', rows: null, options: {} }, workspace);
  expect(exported.version).toBe(1);
  const version = await workspace.models.resolve('orders');
  const { encoder, model } = loadPipeline(await workspace.store.artifacts.get(version.pipeline));
  expect(exported.inputs).toEqual(encoder.outputs);
  expect(exported.loss).toMatchObject({ largest: 0 });
  expect(exported.loss?.rows).toBeGreaterThan(2000);
  const rows = 50;
  const columns = encoder.inputs.map(({ name, type }) => {
    const values = Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : type === 'number' ? i * 3 - 40 : `s${i % 9}`));
    return [name, columnFrom(type === 'number' ? 'number' : 'string', values)];
  });
  const matrix = encoder.encode(frame(Object.fromEntries(columns), rows));
  expect(readLightgbmText(exported.content as string).model.predict(matrix)).toEqual(model.predict(matrix));
});

test('every format measures what it loses on the rows that the store keeps', async () => {
  for (const { name } of EXPORT_FORMATS) {
    const { loss, inputs, content } = await exportModel('orders', { to: name, rows: null, options: {} }, house.workspace);
    expect(content.length).toBeGreaterThan(1000);
    expect(inputs.length).toBeGreaterThan(1);
    expect(loss?.rows).toBeGreaterThan(2000);
    // Rates that differ in their last bits alone are one number in float32, so a few rows go astray.
    expect(loss?.apart).toBeLessThan(name === 'lightgbm' ? 1 : 10);
    expect(loss?.largest).toBeLessThan(name === 'lightgbm' ? 1e-12 : 0.5);
  }
});

test('a format that is not there is refused', async () => {
  await expect(exportModel('orders', { to: 'pmml', rows: null, options: {} }, house.workspace)).rejects.toMatchObject({
    code: 'MW_OPTION_INVALID',
  });
});
