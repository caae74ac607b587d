import { type CodeScope, expressionCode, keyCode, propertyCode, quoted } from './expression-code.js';
import type { CheckPlan, ColumnPlan, ConnectorPlan, ReadingPlan, SourcePlan } from './plan.js';
import { dateText } from './plan-text.js';
import { durationCode, listCode, optionsCode, type Printing } from './printing.js';
import { kindsOf } from './row.js';

/** The declarations of all sources, those that checks refer to first. */
export function printSources(printing: Printing): string {
  const all = printing.plan.sources;
  const printed: string[] = [];
  const begun = new Set<string>();
  const print = (name: string): void => {
    if (begun.has(name)) return;
    begun.add(name);
    const source = all[name] as SourcePlan;
    for (const check of source.contract.checks) if (check.check === 'references') print(check.source);
    printed.push(sourceCode(printing, source));
  };
  for (const name of Object.keys(all)) print(name);
  return printed.join('\n\n');
}

/** The scope of a row of a source or of the request, called `row` in the code. */
export function rowScope(printing: Printing, row: string, columns: Readonly<Record<string, ColumnPlan>>): CodeScope {
  return { column: (name) => propertyCode(row, name), kinds: kindsOf(columns), use: printing.use };
}

/** @param beside texts that are said to mean missing in all of these columns already */
export function columnsCode(
  printing: Printing,
  columns: Readonly<Record<string, ColumnPlan>>,
  indent: string,
  beside: readonly string[] = [],
): string {
  const col = printing.use('col');
  const lines = Object.entries(columns).map(([name, { type, categories, nullable, reads = {} }]) => {
    const reading = readingCode(reads, beside);
    const of = [...(categories ? [listCode(categories)] : []), ...(reading === '{}' ? [] : [reading])].join(', ');
    return `${indent}  ${keyCode(name)}: ${col}.${type}(${of})${nullable ? '' : '.required()'},\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function readingCode({ missing = [], ...rest }: ReadingPlan, beside: readonly string[]): string {
  const own = missing.filter((word) => !beside.includes(word));
  return optionsCode([
    ['missing', own.length === 0 ? undefined : listCode(own)],
    ...Object.entries(rest).map(([name, value]) => [name, quoted(value)] as const),
  ]);
}

function sourceCode(printing: Printing, { name, from, key, time, availableAt, contract }: SourcePlan): string {
  const scope = rowScope(printing, 'r', contract.columns);
  const lines = [`  from: ${connectorCode(printing, from)},`];
  if (key.length > 0) lines.push(`  key: ${key.length === 1 ? quoted(key[0] as string) : listCode(key)},`);
  if (time !== null) lines.push(`  time: ${quoted(time)},`);
  if (availableAt !== null) lines.push(`  availableAt: (r) => ${expressionCode(availableAt, scope)},`);
  lines.push(`  columns: ${columnsCode(printing, contract.columns, '  ', from.options.missing)},`);
  if (contract.checks.length > 0) {
    const checks = contract.checks.map((check) => `    ${checkCode(printing, name, check, contract.columns)},\n`);
    lines.push(`  expect: (is) => [\n${checks.join('')}  ],`);
  }
  const variable = printing.variable(name);
  const code = `const ${variable} = ${printing.use('source')}(${quoted(name)}, {\n${lines.join('\n')}\n});`;
  printing.sources.set(name, variable);
  return code;
}

function connectorCode(printing: Printing, { format, path, options }: ConnectorPlan): string {
  const given = optionsCode(
    Object.entries(options).map(([name, value]) => [
      name,
      Array.isArray(value) ? listCode(value) : typeof value === 'string' ? quoted(value) : String(value),
    ]),
  );
  return `${printing.use(format)}(${quoted(path)}${given === '{}' ? '' : `, ${given}`})`;
}

function checkCode(
  printing: Printing,
  source: string,
  check: CheckPlan,
  columns: Readonly<Record<string, ColumnPlan>>,
): string {
  const onFail = check.onFail === 'fail' ? undefined : quoted(check.onFail);
  const call = (args: readonly string[], more: readonly (readonly [string, string | undefined])[] = []) => {
    const options = optionsCode([...more, ['onFail', onFail]]);
    return `is.${check.check}(${[...args, ...(options === '{}' ? [] : [options])].join(', ')})`;
  };
  const bound = (value: number | null) =>
    value !== null && 'column' in check && columns[check.column]?.type === 'timestamp' ? `new Date(${value})` : String(value);
  switch (check.check) {
    case 'type':
    case 'monotone':
      return call([quoted(check.column)]);
    case 'notNull':
      return call([quoted(check.column)], [['atMost', check.atMost === 0 ? undefined : String(check.atMost)]]);
    case 'between':
      return call([quoted(check.column), bound(check.low), bound(check.high)]);
    case 'oneOf':
      return call([quoted(check.column), listCode(check.values)]);
    case 'matches':
      return call([quoted(check.column), quoted(check.pattern)]);
    case 'unique':
      return call(check.columns.map(quoted));
    case 'freshWithin':
      return call([durationCode(check.span)], [['column', quoted(check.column)]]);
    case 'rowCount':
      return call([String(check.low), String(check.high)]);
    case 'references': {
      const other = printing.sources.get(check.source);
      return call([
        listCode(check.columns),
        check.source === source ? quoted(source) : (other ?? quoted(check.source)),
        listCode(check.target),
      ]);
    }
    case 'holds':
      return call([quoted(check.name), `(r) => ${expressionCode(check.expression, rowScope(printing, 'r', columns))}`]);
    case 'sql':
      return call([quoted(check.name), quoted(check.query)]);
  }
}

export const momentCode = (ms: number): string => quoted(dateText(ms));
