import type { SystemPlan } from '../define/plan.js';
import { duckdb } from '../engines/sql/duckdb.js';
import { emitExpression } from '../engines/sql/emit-expression.js';
import { emitViewSql } from '../engines/sql/emit-view.js';
import type { ColumnKind } from '../frame/column.js';
import { checkKinds } from '../frame/compile-expression.js';
import { kindOfType } from '../types/catalogue.js';
import { featureExpression, featureKinds } from './feature-row.js';

/** The features of a plan as SQL for DuckDB. */
export interface FeatureSql {
  /** The table of rows to compute features for, with the request's columns. */
  readonly spine: string;
  /** The column of that table with the moment of each row; null for a plan without windows. */
  readonly at: string | null;
  /** Statements to run in order: one table of windows a view. */
  readonly windows: readonly { readonly view: string; readonly table: string; readonly query: string }[];
  /** The query that gives the features, in plan order, a row a spine row. */
  readonly query: string;
}

/**
 * What computes the features of a plan in SQL, over a table for each source (by its name) and one for the rows asked about. A plain join
 * with conditional aggregates: independent of the engine that slides over the same rows, and slow on much data.
 */
export function featureSql(plan: SystemPlan): FeatureSql {
  const spine = free('spine', Object.keys(plan.sources));
  const at = plan.views.length === 0 ? null : (plan.request.time ?? free('asked_at', Object.keys(plan.request.columns)));
  const request: Record<string, ColumnKind> = Object.fromEntries(
    Object.entries(plan.request.columns).map(([name, { type }]) => [name, kindOfType(type)]),
  );
  const spineKinds: Record<string, ColumnKind> = at === null ? request : { ...request, [at]: 'timestamp' };
  const windows = plan.views.map((view, i) => {
    const source = plan.sources[view.source] as SystemPlan['sources'][string];
    const kinds = Object.fromEntries(
      Object.entries(source.contract.columns).map(([name, { type }]) => [name, kindOfType(type)]),
    );
    const query = emitViewSql(
      view,
      { table: view.source, kinds, time: source.time as string, availableAt: source.availableAt },
      { table: spine, kinds: spineKinds, at: at as string },
      duckdb,
    );
    return { view: view.name, table: free(`windows_${i + 1}`, [spine, ...Object.keys(plan.sources)]), query };
  });
  return { spine, at, windows, query: derivedSql(plan, spine, windows) };
}

/** The features over the request's columns and the windows; a feature may read those before it. */
function derivedSql(plan: SystemPlan, spine: string, windows: FeatureSql['windows']): string {
  const { quoteName } = duckdb;
  const kinds: Record<string, ColumnKind> = featureKinds(plan);
  const references = new Map<string, string>(
    Object.keys(plan.request.columns).map((name) => [name, `s.${quoteName(name)}`] as const),
  );
  plan.views.forEach((view, i) => {
    for (const { windows: spans } of view.aggregates)
      for (const { feature } of spans) references.set(feature, `w${i + 1}.${quoteName(feature)}`);
  });
  // Derived values are in the emitted form already (numbers for moments), so each is a step of its own with its columns kept.
  let steps = `SELECT row_number() OVER () AS spine_row, ${[...references]
    .map(([name, reference]) => `${duckdb.column(reference, kinds[name] as ColumnKind)} AS ${quoteName(name)}`)
    .join(
      ',\n  ',
    )}\nFROM ${quoteName(spine)} AS s${windows.map(({ table }, i) => ` POSITIONAL JOIN ${quoteName(table)} AS w${i + 1}`).join('')}`;
  const emitted = { ...duckdb, column: (reference: string) => reference };
  for (const feature of plan.features) {
    if (Object.hasOwn(kinds, feature.name)) continue;
    const expression = featureExpression(feature);
    const code = emitExpression(expression, kinds, emitted);
    kinds[feature.name] = checkKinds(expression, kinds);
    steps = `SELECT *, ${code} AS ${quoteName(feature.name)}\nFROM (${steps})`;
  }
  const columns = plan.features.map((feature) => {
    const code = emitExpression(featureExpression(feature), kinds, emitted);
    return `${code} AS ${quoteName(feature.name)}`;
  });
  return `SELECT ${columns.join(',\n  ')}\nFROM (${steps})\nORDER BY spine_row`;
}

/** The SQL as one script for people to read and run. */
export function featureScript(plan: SystemPlan): string {
  const { spine, at, windows, query } = featureSql(plan);
  const asked = [...new Set([...Object.keys(plan.request.columns), ...(at === null ? [] : [at])])];
  return [
    `-- Features of ${plan.name} for DuckDB.`,
    ...Object.keys(plan.sources).map((name) => `-- Table ${duckdb.quoteName(name)}: the rows of source '${name}'.`),
    `-- Table ${duckdb.quoteName(spine)}: the rows to compute features for, with ${asked.map((name) => duckdb.quoteName(name)).join(', ') || 'no column'}${at === null ? '' : `; they are as of ${duckdb.quoteName(at)}`}.`,
    ...windows.flatMap(({ view, table, query: of }) => [
      '',
      `-- Windows of view '${view}'.`,
      `CREATE OR REPLACE TEMP TABLE ${duckdb.quoteName(table)} AS`,
      `${of};`,
    ]),
    '',
    '-- The features, a row for each row of the spine.',
    `${query};`,
    '',
  ].join('\n');
}

function free(name: string, taken: readonly string[]): string {
  let unused = name;
  while (taken.includes(unused)) unused = `${unused}_`;
  return unused;
}
