import { rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, MillwrightError } from '../../base/error.js';
import { type ContentHash, hashBytes } from '../../base/hash.js';
import { decodeFrame, encodeFrame } from '../../frame/codec.js';
import type { Frame } from '../../frame/frame.js';
import { type Disk, type DiskFile, readFully } from '../disk.js';
import { syncFolder } from '../durable-file.js';
import type { OnlineCounters, OnlineMemory } from './memory.js';

const MAGIC = 'MWOS';
/** From 2 on a batch id belongs to its source; the ids of version 1 are not taken over. */
const VERSION = 2;
const HEADER = 12;

interface Contents {
  readonly counters: OnlineCounters;
  readonly tables: readonly {
    readonly view: string;
    readonly table: 'events' | 'dropped';
    readonly bytes: number;
    readonly hash: ContentHash;
  }[];
}

/**
 * Writes the whole state to a file: all of it or nothing, also when the process is killed or the disk is full. `ready` runs when it is
 * written and not yet in force. Form: 'MWOS', uint32 version, uint32 bytes of the contents (JSON), the contents, the tables.
 */
export async function writeSnapshot(
  store: OnlineMemory,
  path: string,
  disk: Disk,
  ready: () => Promise<void>,
): Promise<number> {
  const tables: { view: string; table: 'events' | 'dropped'; encoded: Uint8Array }[] = [];
  for (const [view, online] of store.views) {
    const { events, dropped } = online.toFrames();
    tables.push(
      { view, table: 'events', encoded: encodeFrame(events) },
      { view, table: 'dropped', encoded: encodeFrame(dropped) },
    );
  }
  const contents: Contents = {
    counters: store.counters,
    tables: tables.map(({ view, table, encoded }) => ({ view, table, bytes: encoded.length, hash: hashBytes(encoded) })),
  };
  const json = Buffer.from(JSON.stringify({ hash: hashBytes(JSON.stringify(contents)), contents }));
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC);
  header.writeUInt32LE(VERSION, 4);
  header.writeUInt32LE(json.length, 8);
  const part = `${path}.part`;
  let written = 0;
  try {
    const file = await disk.open(part, 'w');
    try {
      for (const bytes of [header, json, ...tables.map((table) => table.encoded)]) {
        await writeFully(file, bytes, written);
        written += bytes.length;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    await ready();
    await rename(part, path);
  } catch (thrown) {
    await unlink(part).catch(() => {});
    throw thrown;
  }
  // It counts from here on; should a power cut take the name away again, the snapshot before it and the logs since give the same state.
  await syncFolder(dirname(path)).catch(() => {});
  return written;
}

async function writeFully(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += bytesWritten;
  }
}

/**
 * Restores what `writeSnapshot` wrote into an empty store; returns its size, bytes.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
 */
export async function restoreSnapshot(store: OnlineMemory, path: string, disk: Disk): Promise<number> {
  const tables = new Map<string, Frame>();
  const { counters, bytes } = await readSnapshot(path, disk, (view, table, content) => {
    if (table === 'events') tables.set(view, content);
    else store.views.get(view)?.restore(tables.get(view) as Frame, content);
  });
  store.restoreCounters(counters);
  return bytes;
}

/**
 * Reads a snapshot through, a table at a time.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
 */
export async function readSnapshot(
  path: string,
  disk: Disk,
  take: (view: string, table: 'events' | 'dropped', content: Frame) => void,
): Promise<{ readonly counters: OnlineCounters; readonly bytes: number }> {
  const damaged = (why: string): never =>
    fail('MW_ONLINE_CORRUPT', { what: `A snapshot of the online store is damaged: ${why}.`, where: { file: path } });
  const file = await disk.open(path, 'r');
  try {
    const { size } = await file.stat();
    let at = 0;
    const next = async (bytes: number): Promise<Buffer> => {
      if (at + bytes > size) damaged('it ends too early');
      const found = Buffer.allocUnsafe(bytes);
      if ((await readFully(file, found, at)) < bytes) damaged('it ends too early');
      at += bytes;
      return found;
    };
    const header = await next(HEADER);
    if (header.toString('latin1', 0, 4) !== MAGIC) damaged('it does not begin as one');
    const version = header.readUInt32LE(4);
    if (version > VERSION)
      fail('MW_ONLINE_NEWER', {
        what: `A snapshot of the online store has version ${version}; this Millwright reads up to ${VERSION}.`,
        where: { file: path },
      });
    const json = await next(header.readUInt32LE(8));
    const contents = parseContents(json.toString('utf8')) ?? damaged('its contents cannot be read');
    for (const { view, table, bytes, hash } of contents.tables) {
      const encoded = await next(bytes);
      if (hashBytes(encoded) !== hash) damaged(`the ${table} of the view '${view}' do not match their hash`);
      take(view, table, decodeFrame(encoded));
    }
    return { counters: version === 1 ? { ...contents.counters, batches: [] } : contents.counters, bytes: size };
  } catch (thrown) {
    if (thrown instanceof MillwrightError && thrown.code === 'MW_FRAME_CORRUPT') damaged(thrown.message);
    throw thrown;
  } finally {
    await file.close();
  }
}

function parseContents(json: string): Contents | null {
  try {
    const { hash, contents } = JSON.parse(json) as { hash: string; contents: Contents };
    return hashBytes(JSON.stringify(contents)) === hash ? contents : null;
  } catch {
    return null;
  }
}
