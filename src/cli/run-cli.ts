import { asMillwrightError, fail, MillwrightError } from '../base/error.js';
import { type LogLevel, lineLog } from '../base/log.js';
import { didYouMean } from '../base/nearest.js';
import { packageVersion } from '../base/package-version.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands/catalogue.js';
import { commandHelp, overallHelp } from './help.js';
import { parseArguments } from './parse-arguments.js';
import { ProgressBar } from './progress-bar.js';

type Surroundings = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env' | 'on' | 'off' | 'exit'>;

/**
 * Runs one command line and resolves to its exit code. Results go to standard output, everything else to standard error. The first
 * Ctrl-C asks the work to stop, the second ends the process.
 */
export async function runCli(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, env } = surroundings;
  const print = (text: string) => stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const debug = env['MILLWRIGHT_LOG'] === 'debug';
  let json = words.includes('--json');
  const bar = new ProgressBar(stderr);

  const interrupt = new AbortController();
  const onInterrupt = () => {
    if (interrupt.signal.aborted) surroundings.exit(130);
    interrupt.abort(new MillwrightError('MW_INTERRUPTED', { what: 'Interrupted.' }));
  };
  surroundings.on('SIGINT', onInterrupt);
  surroundings.on('SIGTERM', onInterrupt);
  try {
    const [name, ...rest] = words;
    if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
      print(overallHelp(COMMANDS, packageVersion()));
      return 0;
    }
    if (name === '--version' || name === '-v') {
      print(packageVersion());
      return 0;
    }
    if (name.startsWith('-'))
      fail('MW_OPTION_UNKNOWN', {
        what: `millwright has no option '${name}' before a command.${didYouMean(name, ['--help', '--version'])}`,
        fix: 'Write the command first: millwright train --help.',
      });
    const command = find(name === 'help' ? (rest[0] as string) : name);
    const { args, options, common } = parseArguments(command, name === 'help' ? ['--help'] : rest);
    if (common.help) {
      print(commandHelp(command));
      return 0;
    }
    json = common.json;
    const level: LogLevel = debug ? 'debug' : common.quiet ? 'warn' : 'info';
    const log = lineLog((line) => {
      bar.clear();
      stderr.write(line);
    }, level);
    const code = await command.run({
      args,
      options,
      json,
      log,
      // A terminal that does not know its width says 0.
      width: stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY,
      signal: interrupt.signal,
      progress: (progress) => common.quiet || bar.show(progress),
      result: (data, text) => {
        bar.clear();
        print(json ? JSON.stringify(data) : text);
      },
    });
    return code ?? 0;
  } catch (thrown) {
    bar.clear();
    const error = asMillwrightError(interrupt.signal.aborted ? interrupt.signal.reason : thrown);
    if (json) print(JSON.stringify({ error: error.toJSON() }));
    stderr.write(`${error.toText()}\n`);
    if (debug && thrown instanceof Error)
      stderr.write(`${thrown.stack}\n${error.cause instanceof Error ? error.cause.stack : ''}\n`);
    return error.exit;
  } finally {
    bar.clear();
    surroundings.off('SIGINT', onInterrupt);
    surroundings.off('SIGTERM', onInterrupt);
  }
}

function find(name: string): Command {
  const names = COMMANDS.map((command) => command.name);
  return (
    COMMANDS.find((command) => command.name === name) ??
    fail('MW_CLI_COMMAND_UNKNOWN', {
      what: `'${name}' is not a command of millwright.${didYouMean(name, names)}`,
      fix: `Commands: ${names.join(', ')}.`,
    })
  );
}
