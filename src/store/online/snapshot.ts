import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { fail } from '../../base/error.js';
import { type ContentHash, hashBytes } from '../../base/hash.js';
import { decodeFrame, encodeFrame } from '../../frame/codec.js';
import type { OnlineMemory } from './memory.js';

const MAGIC = 'MWOS';
const VERSION = 1;
const HEADER = 12;

interface Contents {
  readonly counters: OnlineMemory['counters'];
  readonly tables: readonly {
    readonly view: string;
    readonly table: 'events' | 'dropped';
    readonly bytes: number;
    readonly hash: ContentHash;
  }[];
}

/** Writes the whole state to a file: all of it or nothing, also when the process is killed. Form: 'MWOS', uint32 version, uint32 bytes of the contents (JSON), the contents, the tables. */
export function writeSnapshot(store: OnlineMemory, path: string): number {
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
  const file = openSync(`${path}.part`, 'w');
  let written = 0;
  try {
    for (const part of [header, json, ...tables.map((table) => table.encoded)])
      for (let at = 0; at < part.length; written += part.length) at += writeSync(file, part, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
  return written;
}

/**
 * Restores what `writeSnapshot` wrote into an empty store.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
 */
export function readSnapshot(store: OnlineMemory, path: string): number {
  const bytes = readFileSync(path);
  const damaged = (why: string): never =>
    fail('MW_ONLINE_CORRUPT', { what: `A snapshot of the online store is damaged: ${why}.`, where: { file: path } });
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== MAGIC) damaged('it does not begin as one');
  const version = bytes.readUInt32LE(4);
  if (version > VERSION)
    fail('MW_ONLINE_NEWER', {
      what: `A snapshot of the online store has version ${version}; this Millwright reads up to ${VERSION}.`,
      where: { file: path },
    });
  const json = bytes.toString('utf8', HEADER, HEADER + bytes.readUInt32LE(8));
  const contents = parseContents(json) ?? damaged('its contents cannot be read');
  store.restoreCounters(contents.counters);
  let at = HEADER + bytes.readUInt32LE(8);
  const found = contents.tables.map(({ bytes: size, hash }) => {
    const table = bytes.subarray(at, at + size);
    at += size;
    if (hashBytes(table) !== hash) damaged('a table does not match its hash');
    return decodeFrame(table);
  });
  for (const [i, { view, table }] of contents.tables.entries())
    if (table === 'events') store.views.get(view)?.restore(found[i], found[i + 1]);
  return bytes.length;
}

function parseContents(json: string): Contents | null {
  try {
    const { hash, contents } = JSON.parse(json) as { hash: string; contents: Contents };
    return hashBytes(JSON.stringify(contents)) === hash ? contents : null;
  } catch {
    return null;
  }
}
