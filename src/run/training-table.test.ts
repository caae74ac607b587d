import { expect, test } from 'vitest';
import { col, constant, csv, labelFrom, requestFrom, source, system } from '../define/language.js';
import { compileFeatureRow } from '../features/feature-row.js';
import { columnFrom, valueAt } from '../frame/column.js';
import { columnOf, frame } from '../frame/frame.js';
import { OnlineMemory } from '../store/online/memory.js';
import { trainingTable } from './training-table.js';

test('what a missing feature becomes for a request, it becomes in training too', () => {
  const rows = source('rows', {
    from: csv('rows.csv'),
    columns: { size: col.number(), sold: col.boolean().required() },
  });
  const { plan } = system('sales', {
    problem: { kind: 'binary' },
    features: requestFrom(rows, ['size']),
    label: labelFrom(rows, (r) => r.sold),
    train: {
      split: { by: 'random', test: 0.2, validation: 0.2 },
      candidates: [constant()],
      search: { by: 'auc', trials: 1, seed: 1 },
    },
    serve: { whenMissing: { size: 70 } },
  });
  const n = 60;
  const table = frame({
    size: columnFrom(
      'number',
      Array.from({ length: n }, (_, i) => (i % 3 === 0 ? null : i)),
    ),
    sold: columnFrom(
      'boolean',
      Array.from({ length: n }, (_, i) => i % 2 === 0),
    ),
  });
  const training = trainingTable(plan, { rows: table }, Number.POSITIVE_INFINITY);
  const serve = compileFeatureRow(plan, new OnlineMemory(plan, { clock: { now: () => 0 } }));
  const served: (string | number | boolean | null)[] = [];
  for (const [i, row] of training.rows.entries()) {
    serve({ size: valueAt(columnOf(table, 'size'), row) }, 0, served);
    expect(valueAt(columnOf(training.table, 'size'), i)).toBe(served[0]);
    expect(served[0]).toBe(row % 3 === 0 ? 70 : row);
  }
});
