import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeUnsynced } from '../durable-file.js';

/** What is known of an online store's log beside the log itself. */
export interface LogFacts {
  /** The log's number, and the bytes of it that were whole when it was last opened or closed: so many must be found again. */
  readonly log: number;
  readonly bytes: number;
  /** Bytes that were found missing since, and not looked into yet. */
  readonly lost: number;
}

const NAME = 'facts.json';

const whole = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0);

/** The facts; they are a second witness only, so that none are told when there are none, or their file is damaged. */
export async function readLogFacts(folder: string): Promise<LogFacts> {
  try {
    const { log, bytes, lost } = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Partial<LogFacts>;
    return { log: whole(log), bytes: whole(bytes), lost: whole(lost) };
  } catch {
    return { log: 0, bytes: 0, lost: 0 };
  }
}

export const writeLogFacts = (folder: string, facts: LogFacts): Promise<void> =>
  writeUnsynced(join(folder, NAME), `${JSON.stringify(facts)}\n`);
