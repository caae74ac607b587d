import { parseArgs } from 'node:util';
import { fail, MillwrightError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { type OptionSpec, type OptionSpecs, resolveOptions } from '../base/options.js';
import type { Command, CommandContext } from './command.js';
import { COMMON_OPTIONS } from './common-options.js';

/** Option names are camelCase in code and kebab-case on the command line. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * The words after the command's name as checked arguments and options.
 * @throws MW_OPTION_UNKNOWN, MW_OPTION_INVALID, MW_CLI_ARGUMENT_MISSING, MW_CLI_ARGUMENT_EXTRA
 */
export function parseArguments(
  command: Command,
  words: readonly string[],
): Pick<CommandContext, 'args' | 'options'> & {
  readonly common: { readonly json: boolean; readonly help: boolean; readonly quiet: boolean };
} {
  const specs: OptionSpecs = { ...command.options, ...COMMON_OPTIONS };
  const names = new Map(Object.keys(specs).map((name) => [flagOf(name), name]));
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        flagOf(name),
        { type: spec.kind === 'boolean' ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const positionals: string[] = [];
  const given: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = names.get(token.name) ?? (token.rawName === '-h' ? 'help' : undefined);
    if (name === undefined) {
      fail('MW_OPTION_UNKNOWN', {
        what: `'millwright ${command.name}' has no option '${token.rawName}'.${didYouMean(token.name, names.keys())}`,
        fix: `Options: ${[...names.keys()].map((flag) => `--${flag}`).join(', ')}.`,
      });
    }
    const spec = specs[name] as OptionSpec;
    const value = optionFromText(
      token.rawName,
      spec,
      token.inlineValue || !isFlag(token.value, names) ? token.value : undefined,
    );
    if (spec.kind === 'texts') given[name] = [...((given[name] as readonly unknown[] | undefined) ?? []), value];
    else if (name in given && given[name] !== value)
      throw new MillwrightError('MW_OPTION_INVALID', {
        what: `Option '${token.rawName}' is given twice: ${given[name]} and ${value}.`,
        where: { option: token.rawName },
        fix: 'Give it once.',
      });
    else given[name] = value;
  }

  const { help, json, quiet, ...rest } = given;
  const common = { help: help === true, json: json === true, quiet: quiet === true };
  if (common.help) return { args: {}, options: {}, common };
  return {
    args: argumentsOf(command, positionals),
    options: resolveOptions(`millwright ${command.name}`, command.options, rest),
    common,
  };
}

/** Whether what stands behind an option is the next option, so that the first has no value. */
const isFlag = (text: string | undefined, flags: ReadonlyMap<string, string>) =>
  text?.startsWith('--') === true && flags.has(text.slice(2).split('=')[0] as string);

function argumentsOf(command: Command, positionals: readonly string[]): Record<string, string> {
  const args: Record<string, string> = {};
  command.args.forEach((spec, index) => {
    const value = positionals[index];
    if (value !== undefined) args[spec.name] = value;
    else if (!spec.optional)
      fail('MW_CLI_ARGUMENT_MISSING', { what: `'millwright ${command.name}' needs <${spec.name}>: ${spec.doc}.` });
  });
  const extra = positionals[command.args.length];
  if (extra !== undefined)
    fail('MW_CLI_ARGUMENT_EXTRA', { what: `'millwright ${command.name}' does not know what to do with '${extra}'.` });
  return args;
}

function optionFromText(flag: string, spec: OptionSpec, text: string | undefined): unknown {
  if (spec.kind === 'boolean') {
    if (text !== undefined)
      throw new MillwrightError('MW_OPTION_INVALID', {
        what: `Option '${flag}' takes no value, but was given '${text}'.`,
        where: { option: flag },
        fix: `Write ${flag} for yes, and leave it out for no.`,
      });
    return true;
  }
  if (text === undefined || text === '')
    throw new MillwrightError('MW_OPTION_INVALID', { what: `Option '${flag}' needs a value.`, where: { option: flag } });
  if (spec.kind !== 'number' && spec.kind !== 'integer') return text;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
