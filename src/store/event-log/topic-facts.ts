import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeUnsynced, writeWhole } from '../durable-file.js';

/** What is known of a topic beside its segments. */
export interface TopicFacts {
  /** Records that were there when a writer last opened it, began a segment or let go: so many must be found again. */
  readonly records: number;
  /** Records that were found missing at the end since, and not looked into yet. */
  readonly lost: number;
  /** Offset of the first record that is kept; those before it were let go of. Not there when none were. */
  readonly begins?: number;
  /** Places whose records were damaged and are gone, `from` up to before `to`; in order. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
}

const NOTHING: TopicFacts = { records: 0, lost: 0, gaps: [] };
const NAME = 'topic.json';

const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The facts of a topic; they are second witnesses only, so that none are told of one that has none, or whose file is damaged. */
export async function readFacts(folder: string): Promise<TopicFacts> {
  try {
    const { records, lost, begins, gaps } = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Partial<TopicFacts>;
    return {
      records: whole(records) ? records : 0,
      lost: whole(lost) ? lost : 0,
      ...(whole(begins) ? { begins } : {}),
      gaps: Array.isArray(gaps) ? gaps.filter(({ from, to }) => whole(from) && whole(to) && from < to) : [],
    };
  } catch {
    return NOTHING;
  }
}

export function writeFacts(folder: string, facts: TopicFacts): Promise<void> {
  const text = `${JSON.stringify(facts)}\n`;
  // Where a topic begins and what is missing in it must be known to read it; how long it is, is a witness only.
  const needed = facts.gaps.length > 0 || facts.begins !== undefined;
  return (needed ? writeWhole : writeUnsynced)(join(folder, NAME), text);
}
