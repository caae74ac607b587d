import { hashBytes, hashData } from '../base/hash.js';
import { compileRowCheck } from '../contract/row-check.js';
import { type SystemPlan } from '../define/plan.js';
import { availability } from '../features/availability.js';
import { columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { compileRows } from '../frame/compile-expression.js';
import { type Frame, frame, rowAt } from '../frame/frame.js';
import type { LabelRow } from '../serve/ground-truth.js';
import type { SourceSink } from '../server/hosted-model.js';
import { kindOfType } from '../types/catalogue.js';
import { boundedReasons, type Quarantine } from '../validate/quarantine.js';
import type { ServedModel } from './serve-model.js';

/**
 * Takes rows of a source in while a model is served: what holds the contract feeds the online store and, where the source carries the
 * label, the ground truth; the rest goes to the quarantine with its reasons. A batch counts once: its id belongs to the source, and the
 * same id with other rows is refused.
 * @throws (when called) MW_ONLINE_BATCH_CONFLICT, MW_STORE_FULL and other MW_STORE_* of a disk that takes no more
 */
export function sourceSink(model: ServedModel, name: string, quarantine: Quarantine): SourceSink {
  const { plan, online, service } = model;
  const { contract, key } = plan.sources[name] as SystemPlan['sources'][string];
  const check = compileRowCheck(contract);
  return async (rows, batch) => {
    const digest = batch === undefined ? undefined : hashBytes(JSON.stringify(rows));
    // Asked before anything is kept: of a batch that is refused, no row may stay in the quarantine.
    const known = batch !== undefined && digest !== undefined && online.isRepeated(name, batch, digest);
    const good: Scalar[][] = [];
    const bad: { row: number; raw: string; reasons: string[] }[] = [];
    rows.forEach((row, index) => {
      const values: Scalar[] = [];
      const problems = check.check(row, values).flatMap((problem) => (problem.severity === 'error' ? [problem.message] : []));
      const reasons = boundedReasons(problems);
      if (reasons.length > 0) bad.push({ row: index, raw: JSON.stringify(row), reasons });
      else good.push(values);
    });
    if (known) return answer(good.length, bad, true);
    if (bad.length > 0) await quarantine.add(name, hashData({ pushed: batch ?? null, rows: bad.map(({ raw }) => raw) }), bad);
    if (good.length === 0 && batch === undefined) return answer(0, bad, false);
    const columns = check.columns.map((column, c) => [
      column,
      columnFrom(
        kindOfType((contract.columns[column] as (typeof contract.columns)[string]).type),
        good.map((values) => values[c]),
      ),
    ]);
    const table = frame(Object.fromEntries(columns), good.length);
    // The labels first: a batch that is remembered has all of its rows told.
    if (good.length > 0 && name === plan.label.source && key.length > 0 && plan.request.time !== null)
      await service.label(labelsOf(plan, table), false);
    const { repeated } = await online.push(name, table, batch, digest);
    return answer(good.length, bad, repeated);
  };
}

const answer = (
  accepted: number,
  bad: readonly { readonly row: number; readonly reasons: readonly string[] }[],
  repeated: boolean,
) => ({
  accepted,
  quarantined: bad.map(({ row, reasons }) => ({ row, reason: reasons.join(' ') })),
  ...(repeated ? { repeated: true as const } : {}),
});

/** The labels that rows of the label source carry, by key and moment. */
function labelsOf(plan: SystemPlan, table: Frame): LabelRow[] {
  const { source, expression } = plan.label;
  const label = compileRows(expression)(table);
  const known = availability(plan, source, table);
  const { key } = plan.sources[source] as SystemPlan['sources'][string];
  const time = plan.request.time as string;
  const labels: LabelRow[] = [];
  for (let row = 0; row < table.rows; row++) {
    const value = valueAt(label, row);
    if (value === null) continue;
    const values = rowAt(table, row);
    labels.push({
      label: value,
      availableAt: known ? (known[row] as number) : 0,
      key: key.map((name) => values[name] ?? null),
      at: Number(values[time]),
    });
  }
  return labels;
}
