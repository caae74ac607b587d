import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { columnFrom } from '../../frame/column.js';
import { frame } from '../../frame/frame.js';
import { fitEncoder } from '../../pipeline/encoder.js';
import { loadPipeline, makePipeline } from '../../pipeline/make-pipeline.js';
import { ESTIMATORS, estimatorOf, findEstimator } from '../catalogue.js';
import { contextOf, densified, learnable, lossOf, matrixOf } from '../testing/examples.js';
import { EnsembleModel } from './ensemble-model.js';

describe('an ensemble', () => {
  it('has the parameters of its members behind their names, and the tasks that all can do', () => {
    const made = estimatorOf('stack(gbdt,logistic,gbdt)');
    expect(made.params).toMatchObject({
      folds: { default: 5 },
      'gbdt.rounds': ESTIMATORS.gbdt.params.rounds,
      'gbdt2.rounds': ESTIMATORS.gbdt.params.rounds,
      'logistic.l2': ESTIMATORS.logistic.params.l2,
    });
    expect(made.tasks).toEqual(['binary', 'multiclass']);
    expect(estimatorOf('vote(tree,gbdt)').tasks).toEqual(['binary', 'multiclass']);
    expect(estimatorOf('stack(gbdt,logistic,gbdt)')).toBe(made);
    for (const name of [
      'stack()',
      'stack(gbdt',
      'stack(average(gbdt,tree),tree)',
      'blend(gbdt,tree)',
      `average(${'tree,'.repeat(20)}tree)`,
    ])
      expect(findEstimator(name)).toBeUndefined();
    expect(() => estimatorOf('blend(gbdt,tree)')).toThrow(expect.objectContaining({ code: 'MW_MODEL_UNKNOWN' }));
  });

  it.each(['binary', 'multiclass', 'regression'] as const)('averages what its members predict: %s', async (task) => {
    const data = learnable(ESTIMATORS.gbdt, task, 500);
    const model = (await estimatorOf('average(gbdt,forest)').fit(
      data,
      { 'gbdt.rounds': 20, 'forest.trees': 9 },
      contextOf(task),
    )) as EnsembleModel;
    const [a, b] = model.members.map(({ model: member }) => member.predict(data.matrix));
    expect(model.predict(data.matrix)).toEqual(a!.map((p, i) => (p + b![i]!) / 2));
    expect(model.summary['gbdt.rounds']).toBe(20);
  });

  it('counts votes', async () => {
    const data = learnable(ESTIMATORS.tree, 'multiclass', 400);
    const model = (await estimatorOf('vote(tree,gbdt,bayes)').fit(data, {}, contextOf('multiclass'))) as EnsembleModel;
    const parts = model.members.map(({ model: member }) => member.predict(data.matrix));
    const out = model.predict(data.matrix);
    for (let i = 0; i < 400; i++) {
      const votes = [0, 0, 0];
      for (const part of parts) {
        const shares = [...part.subarray(3 * i, 3 * i + 3)];
        votes[shares.indexOf(Math.max(...shares))]! += 1;
      }
      votes.forEach((count, k) => expect(out[3 * i + k]).toBeCloseTo(count / 3, 12));
    }
  });

  it('stacks: a member that only knows the training rows by heart weighs nothing', async () => {
    // One nearest neighbour on pure noise is perfect on its own rows; the tree sees the signal.
    const source = random(3);
    const noise = Float64Array.from({ length: 600 }, () => source.normal());
    const signal = Float64Array.from({ length: 600 }, () => source.normal());
    const target = signal.map((x) => Number(source.next() < (x > 0 ? 0.9 : 0.1)));
    const columns = [noise, noise, noise, signal];
    const data = { matrix: matrixOf(columns), target };
    const params = { 'tree.maxDepth': 2, 'neighbours.neighbours': 1 };
    const stacked = await estimatorOf('stack(tree,neighbours)').fit(data, params, contextOf('binary'));
    const averaged = await estimatorOf('average(tree,neighbours)').fit(data, params, contextOf('binary'));
    const tree = await ESTIMATORS.tree.fit(data, { maxDepth: 2 }, contextOf('binary'));
    const fresh = Float64Array.from({ length: 2000 }, () => source.normal());
    const blank = Float64Array.from({ length: 2000 }, () => source.normal());
    const test = {
      matrix: matrixOf([blank, blank, blank, fresh]),
      target: fresh.map((x) => Number(source.next() < (x > 0 ? 0.9 : 0.1))),
    };
    const loss = (of: typeof tree): number => lossOf('binary', test, of.predict(test.matrix));
    expect(loss(stacked)).toBeLessThan(loss(averaged));
    expect(loss(stacked)).toBeLessThan(1.05 * loss(tree));
  });

  it('gives each member its own encoding, in a pipeline that comes back from its bytes', async () => {
    const source = random(8);
    const rows = 300;
    const size = Array.from({ length: rows }, () => (source.below(8) === 0 ? null : source.normal()));
    const town = Array.from({ length: rows }, () => ['here', 'there', 'far'][source.below(3)]!);
    const table = frame({ size: columnFrom('number', size), town: columnFrom('string', town) });
    const values = Float64Array.from(size, (x, i) => Number((x ?? 0) + (town[i] === 'far' ? 1 : 0) > 0.3));
    const estimator = estimatorOf('average(gbdt,logistic,tree)');
    expect(estimator.memberNeeds).toHaveLength(2);
    const features = [
      { name: 'size', type: 'number' },
      { name: 'town', type: 'category' },
    ] as const;
    const { encoder, training } = fitEncoder(table, features, { task: 'binary', classes: 2, values }, estimator.memberNeeds!);
    expect(training.parts).toHaveLength(2);
    const model = (await estimator.fit(
      { matrix: training, target: values },
      { 'gbdt.rounds': 10 },
      contextOf('binary'),
    )) as EnsembleModel;
    expect(model.members.map(({ model: member }) => member.inputs)).not.toEqual([2, 2, 2]);
    const pipeline = makePipeline({ encoder, model, classes: ['no', 'yes'] });
    const back = loadPipeline(pipeline.serialize());
    expect(back.serialize()).toEqual(pipeline.serialize());
    const batch = pipeline.predict(table);
    expect(back.predict(table)).toEqual(batch);
    const out = new Float64Array(1);
    for (let i = 0; i < rows; i++) {
      back.predictRow([size[i]!, town[i]!], out);
      expect(out[0]).toBe(batch[i]);
    }
    // The member alone, with its own encoder, says the same.
    const alone = fitEncoder(table, features, { task: 'binary', classes: 2, values }, ESTIMATORS.logistic.needs);
    const [, logistic] = model.members;
    expect(logistic!.model.predict(alone.encoder.encode(table))).toEqual(
      logistic!.model.predict({
        rows,
        columns: encoder.encode(table).columns.slice(logistic!.first, logistic!.first + logistic!.model.inputs),
        features: alone.training.features,
      }),
    );
  });

  it('gives members that take them sparse columns, also out of fold, and learns the bytes of dense ones', async () => {
    const source = random(9);
    const rows = 240;
    const town = Array.from({ length: rows }, () => `town ${source.below(9)}`);
    const size = Array.from({ length: rows }, () => source.normal());
    const table = frame({ size: columnFrom('number', size), town: columnFrom('string', town) });
    const values = Float64Array.from(size, (x, i) => Number(x + (town[i]! > 'town 5' ? 1 : 0) > 0.3));
    const features = [
      { name: 'size', type: 'number' },
      { name: 'town', type: 'category' },
    ] as const;
    const target = { task: 'binary', classes: 2, values } as const;
    const estimator = estimatorOf('stack(logistic,tree,svm)');
    const { encoder, training } = fitEncoder(table, features, target, estimator.memberNeeds!);
    expect(training.sparse?.filter((column) => column)).toHaveLength(9);
    const model = await estimator.fit({ matrix: training, target: values }, {}, contextOf('binary'));
    const dense = await estimator.fit({ matrix: densified(training), target: values }, {}, contextOf('binary'));
    expect(model.serialize()).toEqual(dense.serialize());
    expect(model.predict(training)).toEqual(dense.predict(densified(training)));
    const pipeline = loadPipeline(makePipeline({ encoder, model, classes: ['no', 'yes'] }).serialize());
    const batch = pipeline.predict(table);
    expect(batch).toEqual(model.predict(training));
    const out = new Float64Array(1);
    for (let i = 0; i < rows; i++) {
      pipeline.predictRow([size[i]!, town[i]!], out);
      expect(out[0]).toBe(batch[i]);
    }
    // A member that needs the same but for sparse columns makes them dense, and shares them.
    expect(estimatorOf('average(logistic,mlp)')).toMatchObject({ needs: ESTIMATORS.mlp.needs });
    expect(estimatorOf('average(logistic,mlp)').memberNeeds).toBe(undefined);
  });
});
