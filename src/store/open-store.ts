import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import { type Log, silentLog } from '../base/log.js';
import { resolveOptions } from '../base/options.js';
import { FileArtifacts } from './artifacts/file-artifacts.js';
import { holdsThings } from './damage/examine-store.js';
import { errno, onDisk } from './disk-error.js';
import { type Durability, durabilityOptions } from './durability.js';
import { makeFolder, writeWhole } from './durable-file.js';
import { openEventLog } from './event-log/file-event-log.js';
import { openMetadata } from './metadata/sqlite-metadata.js';
import type { ArtifactStore, EventLog, EventRetention, MetadataStore } from './ports.js';
import { StoreClaim } from './store-claim.js';

/** Everything that Millwright keeps, in one folder. */
export interface Store {
  /** Absolute path of the folder. */
  readonly dir: string;
  /** What a write survives once it is acknowledged. */
  readonly durability: Durability;
  readonly artifacts: ArtifactStore;
  readonly events: EventLog;
  /** What can be let go of in the event log. */
  readonly retention: EventRetention;
  readonly metadata: MetadataStore;
  /**
   * Makes this process the one that serves from the store: that keeps its online state and its prediction log. It stays so until the store
   * is closed; to ask again changes nothing. A claim whose process is dead is taken over.
   * @throws MW_STORE_HELD, which names the process that has it; MW_STORE_READ_ONLY
   */
  claim(): Promise<void>;
  /** Makes everything survive a power cut and lets go of the files. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly clock: Clock;
  readonly log?: Log;
  /** Opens an existing store, on a read-only disk even, and refuses every write. */
  readonly readOnly?: boolean;
  /** What a write survives once it is acknowledged ('process'). */
  readonly durability?: Durability;
}

/** Version of the folder's layout. */
const FORMAT = 1;
const KIND = 'millwright-store';

/**
 * Opens the store in a folder, or makes one where there is nothing yet. Several processes may have the same store open.
 * @throws MW_STORE_MISSING, MW_STORE_FOREIGN, MW_STORE_NEWER, MW_STORE_CORRUPT, MW_STORE_UNWRITABLE, MW_STORE_FULL, MW_STORE_BUSY
 */
export async function openStore(dir: string, options: StoreOptions): Promise<Store> {
  const folder = resolve(dir);
  const { durability } = resolveOptions('the store', durabilityOptions, { durability: options.durability });
  const readOnly = options.readOnly ?? false;
  await makeStore(folder, readOnly, options.clock);
  // A store that exists may lie on a disk that is read-only: better said here than by whatever meets it first.
  if (!readOnly) await onDisk('open the store for writing', folder, () => access(folder, constants.W_OK));
  const artifacts = new FileArtifacts(join(folder, 'artifacts'), { readOnly });
  if (!readOnly) await artifacts.prepare();
  // Looked at before the database is: things are stored only once it was made, whoever makes the store meanwhile.
  const expected = await onDisk('read the store', folder, () => holdsThings(folder));
  const metadata = await openMetadata(join(folder, 'metadata.db'), { readOnly, expected, durability });
  const events = openEventLog(join(folder, 'events'), { readOnly, durability, log: options.log ?? silentLog });
  const claim = new StoreClaim(folder, readOnly);
  return {
    dir: folder,
    durability,
    artifacts,
    events,
    retention: events,
    metadata,
    claim: () => claim.take(),
    close: async () => {
      try {
        await events.close();
      } finally {
        await metadata.close().finally(() => claim.release());
      }
    },
  };
}

async function makeStore(folder: string, readOnly: boolean, clock: Clock): Promise<void> {
  if (await isStore(folder)) return;
  const names = await entries(folder);
  // Left by a process killed while it made the store; a second look, because another one may be making it now.
  const others = names?.filter((name) => !/^store\.json\.[\d-]+\.tmp$/.test(name)) ?? [];
  if (others.length > 0 && !(await isStore(folder)))
    fail('MW_STORE_FOREIGN', {
      what: `'${folder}' is not a store: it holds other things (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', ...' : ''}).`,
      where: { store: folder },
    });
  if (others.length > 0) return;
  if (readOnly) fail('MW_STORE_MISSING', { what: `There is no store at '${folder}'.`, where: { store: folder } });
  await onDisk('make the store', folder, async () => {
    await makeFolder(folder);
    const path = join(folder, 'store.json');
    const text = `${JSON.stringify({ kind: KIND, format: FORMAT, created: clock.now() })}\n`;
    await writeWhole(path, text);
  });
}

/** True for a store of this version, false where there is no store.json; anything else is an error. */
async function isStore(folder: string): Promise<boolean> {
  const path = join(folder, 'store.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return false;
    if (errno(thrown) === 'ENOTDIR') fail('MW_STORE_FOREIGN', { what: `'${folder}' is a file.`, where: { store: folder } });
    return onDisk('read the store', path, () => Promise.reject(thrown));
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    fail('MW_STORE_CORRUPT', { what: `'${path}' is not JSON.`, where: { file: path } });
  }
  const { kind, format } = (content ?? {}) as { readonly kind?: unknown; readonly format?: unknown };
  if (kind !== KIND || typeof format !== 'number')
    fail('MW_STORE_FOREIGN', { what: `'${path}' does not belong to a store of Millwright.`, where: { file: path } });
  if (format > FORMAT)
    fail('MW_STORE_NEWER', {
      what: `The store has format ${format}; this version of Millwright knows up to ${FORMAT}.`,
      where: { store: folder },
    });
  return true;
}

async function entries(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return undefined;
    if (errno(thrown) === 'ENOTDIR') fail('MW_STORE_FOREIGN', { what: `'${folder}' is a file.`, where: { store: folder } });
    return onDisk('read the store', folder, () => Promise.reject(thrown));
  }
}
