import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { declareOptions } from '../base/options.js';
import { type Command, command } from './command.js';
import { train } from './commands/train.js';
import { commandHelp } from './help.js';
import { parseArguments } from './parse-arguments.js';
import { ProgressBar } from './progress-bar.js';

const sample: Command = command({
  name: 'sample',
  summary: 'Does nothing, with options.',
  args: [
    { name: 'file', doc: 'a file' },
    { name: 'extra', doc: 'another', optional: true },
  ],
  options: declareOptions({
    timeBudget: { kind: 'duration', default: '60s', doc: 'Wall time.' },
    trials: { kind: 'integer', default: 20, min: 1, max: 1000, doc: 'Trials.' },
    problem: { kind: 'choice', default: 'auto', choices: ['auto', 'binary'], doc: 'Kind of problem.' },
    target: { kind: 'text', default: null, shows: 'COLUMN', doc: 'The column to predict.' },
    once: { kind: 'boolean', default: false, doc: 'End after the summary.' },
    also: { kind: 'texts', default: [], shows: 'NAME', doc: 'Another.' },
  }),
  examples: ['millwright sample a.csv'],
  async run() {
    return 0;
  },
});

const codeOf = (words: string[]) => {
  try {
    parseArguments(sample, words);
    return 'accepted';
  } catch (error) {
    return error instanceof MillwrightError ? `${error.code} ${error.message}` : String(error);
  }
};

describe('command lines', () => {
  test('options in both spellings, arguments in order, defaults filled in', () => {
    const { args, options, common } = parseArguments(sample, [
      'a.csv',
      '--time-budget',
      '5m',
      '--trials=3',
      '--once',
      '--json',
    ]);
    expect(args).toEqual({ file: 'a.csv' });
    expect(options).toEqual({ timeBudget: 300_000, trials: 3, problem: 'auto', target: null, once: true, also: [] });
    expect(common.json).toBe(true);
  });

  test('mistakes are coded and point to what was meant', () => {
    expect(codeOf(['a.csv', '--trails', '3'])).toMatch(/MW_OPTION_UNKNOWN.*Did you mean 'trials'/);
    expect(codeOf(['a.csv', '--trials', 'many'])).toMatch(/MW_OPTION_INVALID.*finite number/);
    expect(codeOf(['a.csv', '--trials', '0'])).toMatch(/MW_OPTION_INVALID.*at least 1/);
    expect(codeOf(['a.csv', '--problem', 'guess'])).toMatch(/MW_OPTION_INVALID.*auto, binary/);
    expect(codeOf(['a.csv', '--time-budget', '5 minutes'])).toMatch(/MW_OPTION_INVALID.*duration/);
    expect(codeOf(['a.csv', '--target'])).toMatch(/MW_OPTION_INVALID.*needs a value/);
    expect(codeOf([])).toMatch(/MW_CLI_ARGUMENT_MISSING.*<file>/);
    expect(codeOf(['a', 'b', 'c'])).toMatch(/MW_CLI_ARGUMENT_EXTRA.*'c'/);
  });

  test('an option that is given twice is a list, or a mistake, and never the last one in silence', () => {
    expect(parseArguments(sample, ['a.csv', '--also', 'x', '--also=y']).options['also']).toEqual(['x', 'y']);
    expect(codeOf(['a.csv', '--target', 'x', '--target', 'y'])).toMatch(/MW_OPTION_INVALID.*given twice: x and y/);
    expect(codeOf(['a.csv', '--target', 'x', '--target', 'x'])).toBe('accepted');
  });

  test('a value is neither swallowed nor ignored', () => {
    expect(codeOf(['a.csv', '--once=false'])).toMatch(/MW_OPTION_INVALID.*takes no value, but was given 'false'/);
    expect(codeOf(['a.csv', '--target', '--json'])).toMatch(/MW_OPTION_INVALID.*needs a value/);
    expect(parseArguments(sample, ['a.csv', '--target', '--odd']).options['target']).toBe('--odd');
    expect(parseArguments(sample, ['a.csv', '--target=--json']).options['target']).toBe('--json');
  });

  test('help names every option with its default', () => {
    const help = commandHelp(sample);
    for (const part of ['<file>', '[extra]', '--time-budget TIME', '[60s]', '--problem auto|binary', '--json', 'Exit codes'])
      expect(help).toContain(part);
  });
});

describe('progress', () => {
  test('a pipe gets a line as a step begins and few on the way, a terminal one live line', () => {
    const piped: string[] = [];
    const bar = new ProgressBar({ write: (text) => piped.push(text) });
    for (let done = 0; done <= 100; done++) bar.show({ step: 'train', done, total: 100 });
    expect(piped).toEqual(['train\n', 'train  25 %\n', 'train  50 %\n', 'train  75 %\n']);
    bar.show({ step: 'search', done: 0, total: 20 });
    for (let done = 1; done <= 20; done++) {
      bar.show({ step: 'search', done, total: 20, event: `trial ${done} of 20: gbdt, auc 0.9` });
      bar.show({ step: 'search', done, total: 20, note: 'best auc 0.9' });
    }
    expect(piped.slice(4)).toEqual([
      'search\n',
      ...Array.from({ length: 20 }, (_, i) => `search  trial ${i + 1} of 20: gbdt, auc 0.9\n`),
    ]);

    const live: string[] = [];
    const terminal = new ProgressBar({ write: (text) => live.push(text), isTTY: true, columns: 60 });
    terminal.show({ step: 'train', done: 1, total: 2 });
    terminal.clear();
    expect(live[0]).toContain('50 %');
    expect(live[0]!.length).toBeLessThan(75);
    expect(live.at(-1)).toBe('\r\x1b[2K');
  });
});

test('a kind of problem that is not offered is said not to be, with what comes nearest', () => {
  const kind = (word: string) => {
    try {
      parseArguments(train, ['a.csv', '--target', 'y', '--problem', word]);
      return '';
    } catch (error) {
      return error instanceof MillwrightError ? error.message : String(error);
    }
  };
  expect(kind('forecast')).toMatch(/cannot be 'forecast': Millwright does not forecast .*; it must be one of auto, binary/);
  expect(kind('clustering')).toMatch(/does not group rows by a command; see kmeans of 'millwright\/models'/);
  expect(kind('classification')).toMatch(/'binary' for two classes/);
  expect(kind('toString')).toMatch(/option 'problem' must be one of/);
});
