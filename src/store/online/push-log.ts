import { dirname } from 'node:path';
import { fail } from '../../base/error.js';
import { AppendFile } from '../append-file.js';
import { type Disk, type DiskFile, openAnywhere, readFully } from '../disk.js';
import type { Durability } from '../durability.js';
import { syncFolder } from '../durable-file.js';
import { type Push, scanPushes } from './push-record.js';

const MAGIC = 'MWPL';
/** From 2 on a batch id belongs to its source. */
const VERSION = 2;
/** Bytes before the first push. */
export const PUSH_LOG_HEADER = 8;

export interface PushLogOptions {
  readonly disk: Disk;
  readonly durability: Durability;
}

/** What opening a log found: bytes behind the last whole push that a crash left, and are cut off. */
export interface OpenedPushLog {
  readonly log: PushLog;
  readonly torn: number;
}

/** The pushes since a snapshot, in a file: 'MWPL', uint32 version, then records. What a crash cut short is taken off when it is opened. */
export class PushLog {
  readonly #file: AppendFile;

  private constructor(file: AppendFile) {
    this.#file = file;
  }

  /**
   * Opens or creates the log and gives what is in it to `replay`.
   * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
   */
  static async open(path: string, options: PushLogOptions, replay: (push: Push) => void): Promise<OpenedPushLog> {
    const file = await openAnywhere(options.disk, path);
    try {
      const { size } = await file.stat();
      if (size < PUSH_LOG_HEADER) {
        await file.truncate(0);
        const log = new PushLog(new AppendFile(file, 0, options.durability));
        await log.append(pushLogHeader());
        await log.flush();
        await syncFolder(dirname(path));
        return { log, torn: 0 };
      }
      const end = await replayPushes(file, path, replay);
      if (end < size) await file.truncate(end);
      return { log: new PushLog(new AppendFile(file, end, options.durability)), torn: size - end };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#file.end;
  }

  /** Appends pushes as they were encoded, all or none. */
  append(records: Uint8Array): Promise<void> {
    return this.#file.append(records);
  }

  flush(): Promise<void> {
    return this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

export function pushLogHeader(): Buffer {
  const bytes = Buffer.alloc(PUSH_LOG_HEADER);
  bytes.write(MAGIC);
  bytes.writeUInt32LE(VERSION, 4);
  return bytes;
}

/**
 * Gives the whole pushes of a log to `take`; returns where the last of them ends.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
 */
async function replayPushes(file: DiskFile, path: string, take: (push: Push) => void): Promise<number> {
  const start = await checkPushLog(file, path);
  const scan = scanPushes(file, start);
  let step = await scan.next();
  for (; !step.done; step = await scan.next()) for (const { push } of step.value) take(push);
  const { position, state } = step.value;
  if (state === 'damaged')
    fail('MW_ONLINE_CORRUPT', {
      what: "A push in the online store's log is damaged, and whole ones follow it.",
      where: { file: path, byte: position },
    });
  return position;
}

/**
 * Looks at how a log begins; returns where its pushes do.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
 */
export async function checkPushLog(file: Pick<DiskFile, 'read'>, path: string): Promise<number> {
  const bytes = Buffer.alloc(PUSH_LOG_HEADER);
  await readFully(file, bytes, 0);
  if (bytes.toString('latin1', 0, 4) !== MAGIC)
    fail('MW_ONLINE_CORRUPT', { what: 'A log of the online store does not begin as one.', where: { file: path } });
  const version = bytes.readUInt32LE(4);
  if (version > VERSION)
    fail('MW_ONLINE_NEWER', {
      what: `A log of the online store has version ${version}; this Millwright reads up to ${VERSION}.`,
      where: { file: path },
    });
  return PUSH_LOG_HEADER;
}
