import type { ColumnPlan } from '../define/plan.js';
import type { StringColumn } from '../frame/column.js';
import { conform } from './conform.js';
import { type ColumnHints, inferColumn } from './infer-column.js';
import { planTyped } from './plan-columns.js';
import type { RawColumn } from './raw-column.js';
import type { RawTable } from './reader.js';

export interface InferredColumns {
  readonly plans: readonly ColumnPlan[];
  /** The columns of the table; those that are texts after all have been read again. */
  readonly columns: readonly RawColumn[];
  readonly warnings: readonly string[];
}

/**
 * What the columns of a table are, over all of its rows.
 * @param known what columns are that need not be found out
 * @throws MW_INGEST_DATES_AMBIGUOUS
 */
export async function inferColumns(
  file: string,
  table: RawTable,
  known: Readonly<Record<string, ColumnPlan>>,
  hints: ColumnHints,
): Promise<InferredColumns> {
  const warnings: string[] = [];
  const columns: RawColumn[] = [...table.columns];
  const plans: ColumnPlan[] = [];
  for (let i = 0; i < columns.length; i++) {
    const name = table.names[i] as string;
    const column = columns[i] as RawColumn;
    if (Object.hasOwn(known, name)) {
      plans.push(known[name] as ColumnPlan);
      continue;
    }
    if (!table.texts || (column.kind !== 'string' && column.kind !== 'numbers')) {
      plans.push(planTyped(column));
      continue;
    }
    let found = inferColumn(file, name, column, hints);
    if (column.kind === 'numbers' && TEXTS.has(found.plan.type)) {
      const texts = await asTexts(table, name, column);
      columns[i] = texts;
      found = inferColumn(file, name, texts, hints);
    }
    plans.push(found.plan);
    warnings.push(...found.warnings);
  }
  return { plans, columns, warnings };
}

const TEXTS: ReadonlySet<ColumnPlan['type']> = new Set(['string', 'category', 'text']);
const PLAIN: ColumnPlan = { kind: 'column', type: 'string', categories: null, nullable: true };

/** A column that was kept as numbers, as the texts that stand in the file. */
export async function asTexts(table: RawTable, name: string, column: RawColumn): Promise<StringColumn> {
  if (column.kind === 'numbers' && !column.native && table.again) return (await table.again([name]))[0] as StringColumn;
  return conform(name, column, PLAIN, new Map()) as StringColumn;
}
