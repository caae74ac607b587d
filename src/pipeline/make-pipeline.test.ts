import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { random } from '../base/random.js';
import { type Column, columnFrom, valueAt } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import { ESTIMATORS } from '../models/catalogue.js';
import type { Task } from '../models/estimator.js';
import { fitEncoder } from './encoder.js';
import { loadPipeline, makePipeline } from './make-pipeline.js';
import type { FeatureInput, Pipeline } from './pipeline.js';

const FEATURES: readonly FeatureInput[] = [
  { name: 'size', type: 'number' },
  { name: 'open', type: 'boolean' },
  { name: 'town', type: 'category' },
  { name: 'note', type: 'text' },
];
const CLASSES = { binary: ['no', 'yes'], multiclass: ['a', 'b', 'c'], regression: [] } as const;

function table(n: number, seed: number): Frame {
  const source = random(seed);
  const pick = <T>(...items: readonly T[]): T => items[source.below(items.length)] as T;
  const times = <T>(make: () => T): T[] => Array.from({ length: n }, make);
  return frame({
    size: columnFrom(
      'number',
      times(() => pick(null, source.normal(), source.normal() * 100)),
    ),
    open: columnFrom(
      'boolean',
      times(() => pick(true, false, null)),
    ),
    town: columnFrom(
      'string',
      times(() => pick(null, '', `town ${source.below(n)}`, 'here', 'there')),
    ),
    note: columnFrom(
      'string',
      times(() => pick(null, '', 'a fine day', 'a grey day', `day ${source.below(50)}`)),
    ),
  });
}

async function fitted(name: string, task: Task): Promise<Pipeline> {
  const training = table(120, 1);
  const source = random(2);
  const classes = { binary: 2, multiclass: 3, regression: 1 }[task];
  const values = Float64Array.from({ length: 120 }, () => (task === 'regression' ? source.normal() : source.below(classes)));
  const estimator = ESTIMATORS[name];
  const target = { task, classes, values };
  const { encoder, training: matrix } = fitEncoder(training, FEATURES, target, estimator.needs, {
    maxOneHot: 4,
    textTerms: 50,
  });
  const params = name === 'gbdt' ? { rounds: 10, minRows: 5 } : {};
  const model = await estimator.fit({ matrix, target: values }, params, { task, classes, seed: 3 });
  return makePipeline({ encoder, model, classes: CLASSES[task], threshold: 0.25 });
}

const cases = Object.values(ESTIMATORS).flatMap(({ name, tasks }) => tasks.map((task) => [name, task] as const));

describe.each(cases)('%s, %s', (name, task) => {
  test('batch, single row and the loaded pipeline give the same bits', async () => {
    const pipeline = await fitted(name, task);
    const bytes = pipeline.serialize();
    expect((await fitted(name, task)).serialize()).toEqual(bytes);
    const loaded = loadPipeline(bytes);
    expect(loaded.serialize()).toEqual(bytes);
    expect([loaded.task, loaded.classes, loaded.threshold, loaded.features]).toEqual([task, CLASSES[task], 0.25, FEATURES]);
    const fresh = table(60, 9);
    const batch = pipeline.predict(fresh);
    const { outputs } = pipeline.model;
    expect(batch.length).toBe(60 * outputs);
    for (const one of [pipeline, loaded]) {
      expect(one.predict(fresh)).toStrictEqual(batch);
      const rows = new Float64Array(60 * outputs);
      for (let i = 0; i < 60; i++) {
        const values = FEATURES.map((feature) => valueAt(fresh.columns[feature.name] as Column, i));
        one.predictRow(values, rows, i * outputs);
      }
      expect(rows).toStrictEqual(batch);
    }
  });
});

const withDigest = (body: Uint8Array) => Buffer.concat([body, createHash('sha256').update(body).digest()]);

describe('bytes that are no pipeline', () => {
  test('damaged or cut anywhere are a coded error', async () => {
    const bytes = (await fitted('logistic', 'binary')).serialize();
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const damaged = cut ? bytes.slice(0, at) : bytes.slice();
        if (!cut) damaged[at] ^= change;
        expect(() => loadPipeline(damaged)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^MW_PIPELINE_(CORRUPT|NEWER)$/) }),
        );
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('forged with a right checksum are a coded error or a pipeline that scores', async () => {
    for (const name of ['gbdt', 'logistic']) {
      const bytes = (await fitted(name, 'binary')).serialize();
      const body = bytes.slice(0, bytes.length - 32);
      const fresh = table(3, 4);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat({ max: body.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
          (edits) => {
            const forged = body.slice();
            for (const [at, value] of edits) forged[at] = value;
            try {
              loadPipeline(withDigest(forged)).predict(fresh);
            } catch (error) {
              expect(error).toBeInstanceOf(MillwrightError);
            }
          },
        ),
        { numRuns: 300, seed: 2 },
      );
    }
  });

  test('written by a newer version say so', async () => {
    const newer = Buffer.from((await fitted('constant', 'binary')).serialize().slice(0, -32));
    newer.writeUInt32LE(2, 8);
    expect(() => loadPipeline(withDigest(newer))).toThrow(expect.objectContaining({ code: 'MW_PIPELINE_NEWER' }));
  });

  test('of nothing at all', () => {
    expect(() => loadPipeline(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'MW_PIPELINE_CORRUPT' }));
  });
});
