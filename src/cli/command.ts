import type { Log } from '../base/log.js';
import type { OptionSpecs, OptionValues } from '../base/options.js';
import type { Progress } from '../base/progress.js';

/** A positional argument of a command. */
export interface ArgumentSpec {
  readonly name: string;
  readonly doc: string;
  readonly optional?: boolean;
}

/** What a command is run with. */
export interface CommandContext<O extends OptionSpecs = OptionSpecs> {
  /** Positional arguments by name. */
  readonly args: Readonly<Record<string, string>>;
  readonly options: OptionValues<O>;
  readonly json: boolean;
  readonly log: Log;
  /** Characters of a line of the terminal that results go to; without end where they go to a file or another program. */
  readonly width: number;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  /** The result: one JSON object on standard output with `--json`, else the text. */
  result(data: unknown, text: string): void;
}

/** One command of the CLI: parsing, help and docs derive from this. Returns the exit code, 0 when nothing. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly detail?: string;
  readonly args: readonly ArgumentSpec[];
  readonly options: OptionSpecs;
  readonly examples: readonly string[];
  run(context: CommandContext): Promise<number | undefined>;
}

/** A command whose `run` sees its options typed. */
export function command<const O extends OptionSpecs>(
  spec: Omit<Command, 'options' | 'run'> & { options: O; run(context: CommandContext<O>): Promise<number | undefined> },
): Command {
  return spec as unknown as Command;
}
