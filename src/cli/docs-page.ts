import type { OptionSpec, OptionSpecs } from '../base/options.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands/catalogue.js';
import { COMMON_OPTIONS } from './common-options.js';
import { EXIT_CODES, placeholder } from './help.js';
import { flagOf } from './parse-arguments.js';

/** docs/cli.md, from the declarations of the commands. */
export function cliPage(): string {
  return [
    '# Command line',
    '',
    'Written by `scripts/write-cli-docs.mjs` from the declarations of the commands; `millwright <command> --help` says the same.',
    '',
    'Results go to standard output, progress and messages to standard error. With `--json` standard output holds one JSON object and',
    'nothing else; an error then is `{"error": {"code", "message", "where", "fix"}}`, and its codes are in [errors.md](errors.md). The first',
    'Ctrl-C asks the work to stop, the second ends the process; whatever happens, files and the store are whole.',
    '',
    EXIT_CODES,
    '',
    'Options of every command:',
    '',
    optionTable(COMMON_OPTIONS),
    '',
    '| command | what it does |',
    '|---|---|',
    ...COMMANDS.map(({ name, summary }) => `| [${name}](#${name}) | ${prose(cell(summary))} |`),
    '',
    ...COMMANDS.flatMap(commandSection),
  ].join('\n');
}

function commandSection({ name, summary, detail, args, options, examples }: Command): string[] {
  const usage = args.map((arg) => (arg.optional ? ` [${arg.name}]` : ` <${arg.name}>`)).join('');
  return [
    `## ${name}`,
    '',
    '```',
    `millwright ${name}${usage} [options]`,
    '```',
    '',
    prose(summary),
    ...(detail === undefined ? [] : ['', prose(detail)]),
    ...(args.length === 0
      ? []
      : ['', ...args.map((arg) => `- \`${arg.name}\`${arg.optional ? ' (optional)' : ''}: ${arg.doc}`)]),
    ...(Object.keys(options).length === 0 ? [] : ['', optionTable(options)]),
    '',
    '```sh',
    ...examples,
    '```',
    '',
  ];
}

function optionTable(specs: OptionSpecs): string {
  return [
    '| option | default | |',
    '|---|---|---|',
    ...Object.entries(specs).map(
      ([name, spec]) =>
        `| \`--${flagOf(name)}${cell(placeholder(spec))}\` | ${defaultOf(spec)} | ${prose(cell(spec.doc))}${rangeOf(spec)} |`,
    ),
  ].join('\n');
}

function defaultOf(spec: OptionSpec): string {
  if (spec.kind === 'boolean' || spec.kind === 'texts') return '';
  return spec.default === null || spec.default === '' ? '' : `\`${spec.default}\``;
}

function rangeOf(spec: OptionSpec): string {
  if ((spec.kind !== 'number' && spec.kind !== 'integer') || spec.min === undefined || spec.max === undefined) return '';
  return ` ${spec.min} to ${spec.max}.`;
}

/** Text that Markdown takes as it is: a `<name>` is no tag. */
const prose = (text: string) => text.replaceAll('<', '\\<');
const cell = (text: string) => text.replaceAll('|', '\\|');
