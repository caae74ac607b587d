import { canonicalJson } from '../base/hash.js';
import type { ColumnKind } from '../frame/column.js';
import { columnsRead, type Expression, kindOf } from '../frame/expression.js';
import { prefixOf } from './check-features.js';
import { type CodeScope, expressionCode, keyCode, propertyCode, quoted } from './expression-code.js';
import { viewName } from './features.js';
import type { AggregatePlan, FeaturePlan, SourcePlan, ViewPlan } from './plan.js';
import { windowText } from './plan-text.js';
import { columnsCode, rowScope } from './print-sources.js';
import { listCode, optionsCode, type Printing } from './printing.js';
import { kindsOf } from './row.js';

type DerivedPlan = FeaturePlan & { readonly from: { readonly kind: 'fromExpression'; readonly expression: Expression } };
const isDerived = (feature: FeaturePlan): feature is DerivedPlan => feature.from.kind === 'fromExpression';

/** Views and request as declarations, and the code of the system's `features`. */
export function printFeatures(printing: Printing): { readonly declarations: string; readonly features: string } {
  const { plan } = printing;
  const columns = Object.keys(plan.request.columns);
  const derived = plan.features.filter(isDerived);
  const ofRequest = derived.filter(({ from }) => [...columnsRead(from.expression)].every((name) => columns.includes(name)));
  const ofSets = derived.filter((feature) => !ofRequest.includes(feature));
  const plain = plan.features.filter(({ from }) => from.kind === 'fromRequest').map(({ name }) => name);

  const sets: string[] = [];
  const declarations: string[] = [];
  // The order that the declared sets give by themselves; another order is selected.
  const order: string[] = [];
  if (columns.length > 0) {
    const variable = printing.variable('asked');
    declarations.push(requestCode(printing, variable, plain, ofRequest));
    sets.push(variable);
    order.push(...plain, ...ofRequest.map(({ name }) => name));
  }
  for (const view of plan.views) {
    const variable = printing.variable(view.name);
    declarations.push(viewCode(printing, variable, view));
    sets.push(variable);
    order.push(...view.aggregates.flatMap(({ windows }) => windows.map(({ feature }) => feature)));
  }
  order.push(...ofSets.map(({ name }) => name));
  const combined =
    sets.length === 1 && ofSets.length === 0 ? (sets[0] as string) : combineCode(printing, sets, ofSets, new Set(columns));
  const names = plan.features.map(({ name }) => name);
  const same = names.length === order.length && names.every((name, i) => name === order[i]);
  return {
    declarations: declarations.join('\n\n'),
    features: same ? combined : `${printing.use('select')}(${combined}, ${listCode(names)})`,
  };
}

function derivedCode(features: readonly DerivedPlan[], scope: CodeScope, indent: string): string {
  const lines = features.map(({ name, from }) => `${indent}  ${keyCode(name)}: ${expressionCode(from.expression, scope)},\n`);
  return `({\n${lines.join('')}${indent}})`;
}

function combineCode(
  printing: Printing,
  sets: readonly string[],
  derived: readonly DerivedPlan[],
  columns: ReadonlySet<string>,
): string {
  const list = `[${sets.join(', ')}]`;
  const combine = printing.use('combine');
  if (derived.length === 0) return `${combine}(${list})`;
  const kinds: Record<string, ColumnKind> = { ...kindsOf(printing.plan.request.columns) };
  for (const view of printing.plan.views)
    for (const { windows } of view.aggregates) for (const { feature } of windows) kinds[feature] = 'number';
  const scope: CodeScope = { column: (name) => propertyCode(columns.has(name) ? 'r' : 'f', name), kinds, use: printing.use };
  const reads = derived.flatMap(({ from }) => [...columnsRead(from.expression)]);
  const row = reads.some((name) => columns.has(name)) ? '(f, r)' : '(f)';
  return `${combine}(${list}, ${row} => ${derivedCode(derived, scope, '  ')})`;
}

function requestCode(
  printing: Printing,
  variable: string,
  features: readonly string[],
  derived: readonly DerivedPlan[],
): string {
  const { time, columns } = printing.plan.request;
  const { label, sources } = printing.plan;
  const own = (sources[label.source] as SourcePlan).contract.columns;
  const names = Object.keys(columns);
  const lines: string[] = [];
  if (time !== null) lines.push(`  time: ${quoted(time)},`);
  lines.push(`  features: ${listCode(features)},`);
  if (derived.length > 0) lines.push(`  derive: (r) => ${derivedCode(derived, rowScope(printing, 'r', columns), '  ')},`);
  const options = lines.join('\n');
  if (names.every((name) => canonicalJson(columns[name]) === canonicalJson(own[name])))
    return `const ${variable} = ${printing.use('requestFrom')}(${printing.sources.get(label.source)}, ${listCode(names)}, {\n${options}\n});`;
  return `const ${variable} = ${printing.use('request')}({\n  columns: ${columnsCode(printing, columns, '  ')},\n${options}\n});`;
}

function viewCode(printing: Printing, variable: string, view: ViewPlan): string {
  const prefix = prefixOf(view) ?? undefined;
  const same = view.by.every(({ column, request }) => column === request);
  const columns = view.by.map(({ column }) => column);
  const by =
    columns.length === 0
      ? undefined
      : !same
        ? optionsCode(view.by.map(({ column, request }) => [column, quoted(request)]))
        : columns.length === 1
          ? quoted(columns[0] as string)
          : listCode(columns);
  const named = view.name === viewName(view.source, prefix, view.by) ? undefined : quoted(view.name);
  const options = optionsCode([
    ['by', by],
    ['prefix', prefix === undefined ? undefined : quoted(prefix)],
    ['name', named],
  ]);
  const source = printing.plan.sources[view.source] as SourcePlan;
  const lines = view.aggregates.map(
    (aggregate) => `  ${keyCode(aggregate.name)}: ${aggregateCode(printing, aggregate, source)},\n`,
  );
  return `const ${variable} = ${printing.use('features')}(${printing.sources.get(view.source)}, ${options}, (f) => ({\n${lines.join('')}}));`;
}

function aggregateCode(printing: Printing, { op, value, where, windows }: AggregatePlan, source: SourcePlan): string {
  const { columns } = source.contract;
  const scope = rowScope(printing, 'f.row', columns);
  const options = optionsCode([
    ['over', listCode(windows.map(windowText))],
    ['where', where === null ? undefined : expressionCode(where, scope)],
  ]);
  return `f.${op}(${value === null ? '' : `${valueCode(value, scope)}, `}${options})`;
}

/** A column by its name; a condition as it is, since aggregates count it as 1 and 0 by themselves. */
function valueCode(value: Expression, scope: CodeScope): string {
  const inner = value.kind === 'call' && value.op === 'number' ? (value.args[0] as Expression) : value;
  const condition = inner !== value && kindOf(inner, scope.kinds) === 'boolean';
  const shown = condition ? inner : value;
  return shown.kind === 'column' ? quoted(shown.name) : expressionCode(shown, scope);
}
