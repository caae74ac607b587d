import type { OptionSpec, OptionSpecs } from '../base/options.js';
import type { Command } from './command.js';
import { COMMON_OPTIONS } from './common-options.js';
import { flagOf } from './parse-arguments.js';

/** What the exit codes mean. */
export const EXIT_CODES = `Exit codes: 0 done; 1 failed; 2 wrong usage; 3 a check or gate refused; 4 the store cannot be used, or lacks what was named; 130 interrupted.`;

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.min(34, Math.max(...pairs.map(([left]) => left.length)));
  return pairs
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
}

/** What stands for an option's value, with a leading space; nothing for one without. */
export function placeholder(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'boolean':
      return '';
    case 'choice':
      return ` ${spec.choices.join('|')}`;
    case 'text':
    case 'texts':
      return ` ${spec.shows}`;
    case 'duration':
      return ' TIME';
    case 'directions':
    case 'groups':
      return ' FEATURES';
    default:
      return ' N';
  }
}

function optionRows(specs: OptionSpecs): string {
  return rows(
    Object.entries(specs).map(([name, spec]) => {
      const fallback =
        spec.kind === 'boolean' || spec.kind === 'texts' || spec.default === null || spec.default === ''
          ? ''
          : ` [${spec.default}]`;
      return [`--${flagOf(name)}${placeholder(spec)}`, `${spec.doc}${fallback}`] as const;
    }),
  );
}

/** Help of one command. */
export function commandHelp(command: Command): string {
  const usage = command.args.map((arg) => (arg.optional ? ` [${arg.name}]` : ` <${arg.name}>`)).join('');
  return [
    `millwright ${command.name}${usage} [options]`,
    '',
    command.summary,
    ...(command.detail ? ['', command.detail] : []),
    ...(command.args.length > 0
      ? ['', 'Arguments:', rows(command.args.map((arg) => [`<${arg.name}>`, arg.doc] as const))]
      : []),
    '',
    'Options:',
    optionRows({ ...command.options, ...COMMON_OPTIONS }),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
    EXIT_CODES,
  ].join('\n');
}

/** Help of the whole CLI. */
export function overallHelp(commands: readonly Command[], version: string): string {
  return [
    `millwright ${version}: the whole life of a model, from one typed definition.`,
    '',
    'Usage: millwright <command> [arguments] [options]',
    '',
    rows(commands.map((command) => [command.name, command.summary] as const)),
    '',
    'Start with a file:        millwright train customers.csv --target churned',
    "See a command's options:  millwright train --help",
    '',
    EXIT_CODES,
  ].join('\n');
}
