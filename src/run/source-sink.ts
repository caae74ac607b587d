import { hashData } from '../base/hash.js';
import { compileRowCheck } from '../contract/row-check.js';
import { type SystemPlan } from '../define/plan.js';
import { availability } from '../features/availability.js';
import { columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { compileRows } from '../frame/compile-expression.js';
import { type Frame, frame, rowAt } from '../frame/frame.js';
import type { LabelRow } from '../serve/ground-truth.js';
import type { SourceSink } from '../server/hosted-model.js';
import { kindOfType } from '../types/catalogue.js';
import { Quarantine } from '../validate/quarantine.js';
import type { ServedModel } from './serve-model.js';
import type { Workspace } from './workspace.js';

/**
 * Takes rows of a source in while a model is served: what holds the contract feeds the online store and, where the source carries the
 * label, the ground truth; the rest goes to the quarantine with its reasons.
 */
export function sourceSink(model: ServedModel, name: string, workspace: Workspace): SourceSink {
  const { plan, online, service } = model;
  const { contract, key } = plan.sources[name] as SystemPlan['sources'][string];
  const check = compileRowCheck(contract);
  const quarantine = new Quarantine(workspace.store.events, workspace.clock);
  const feeds = plan.views.some((view) => view.source === name);
  return async (rows, batch) => {
    const good: Scalar[][] = [];
    const bad: { row: number; raw: string; reasons: string[] }[] = [];
    rows.forEach((row, index) => {
      const values: Scalar[] = [];
      const reasons = check.check(row, values).flatMap((problem) => (problem.severity === 'error' ? [problem.message] : []));
      if (reasons.length > 0) bad.push({ row: index, raw: JSON.stringify(row), reasons });
      else good.push(values);
    });
    if (bad.length > 0) await quarantine.add(name, hashData({ pushed: batch ?? null, rows: bad.map(({ raw }) => raw) }), bad);
    if (good.length > 0) {
      const columns = check.columns.map((column, c) => [
        column,
        columnFrom(
          kindOfType((contract.columns[column] as (typeof contract.columns)[string]).type),
          good.map((values) => values[c]),
        ),
      ]);
      const table = frame(Object.fromEntries(columns), good.length);
      if (feeds) await online.push(name, table, batch);
      if (name === plan.label.source && key.length > 0 && plan.request.time !== null)
        await service.label(labelsOf(plan, table), false);
    }
    return { accepted: good.length, quarantined: bad.map(({ row, reasons }) => ({ row, reason: reasons.join(' ') })) };
  };
}

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
