import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../base/clock.js';
import { asMillwrightError } from '../base/error.js';
import { packageVersion } from '../base/package-version.js';
import type { ModelVersion } from '../registry/models.js';
import type { Workspace } from './workspace.js';

/** Something that must be in order. `fix` says what to do when it is not. */
export interface Finding {
  readonly name: string;
  /** A failed one keeps Millwright from working; a warning may later. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly what: string;
  readonly fix: string | null;
}

export interface Diagnosis {
  readonly millwright: string;
  readonly node: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly healthy: boolean;
  /** What is needed of the machine. */
  readonly machine: readonly Finding[];
  /** What is needed of the store. */
  readonly store: readonly Finding[];
}

const OLDEST_NODE = [20, 19] as const;
const LITTLE_SPACE = 2 * 2 ** 30;
const NO_SPACE = 200 * 2 ** 20;

/** Looks whether everything that Millwright needs is there and whole. Nothing is changed, and nothing is thrown. */
export async function diagnose(dir: string): Promise<Diagnosis> {
  const machine = [
    nodeVersion(process.versions.node),
    await tried('duckdb', 'DuckDB reads and writes data files', tryDuckdb, REINSTALL),
    await tried('sqlite', 'SQLite keeps runs and models', trySqlite, REINSTALL),
    await tryThreads(),
  ];
  const store = [...(await examineStore(dir)), await diskSpace(dir)];
  return {
    millwright: packageVersion(),
    node: process.versions.node,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    healthy: [...machine, ...store].every(({ state }) => state !== 'failed'),
    machine,
    store,
  };
}

const REINSTALL = 'Install millwright again on this machine, with optional dependencies: npm install --include=optional.';

/** @param version like '20.19.0' */
export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return enough
    ? ok('node', `Node ${version}`)
    : failed('node', `Node ${version} is too old.`, `Use Node ${OLDEST_NODE.join('.')} or newer.`);
}

async function tried(name: string, good: string, work: () => Promise<string>, fix: string): Promise<Finding> {
  try {
    return ok(name, `${good} (${await work()})`);
  } catch (thrown) {
    return failed(name, `${name} does not work: ${asMillwrightError(thrown).message}`, fix);
  }
}

async function tryDuckdb(): Promise<string> {
  const { rowsOf, withDatabase } = await import('../engines/duckdb/database.js');
  return withDatabase(async (connection) => String((await rowsOf(connection, 'SELECT version()'))[0]?.[0]));
}

async function trySqlite(): Promise<string> {
  const { LibsqlDatabase } = await import('../store/metadata/libsql-database.js');
  const database = new LibsqlDatabase(':memory:', []);
  try {
    const [row] = database.prepare('SELECT sqlite_version() AS version').all([]) as { version?: unknown }[];
    return String(row?.version);
  } finally {
    database.close();
  }
}

/** Training does without threads and without WebAssembly, only slower. */
async function tryThreads(): Promise<Finding> {
  const slower = 'Training works and is slower. Use a Node without --jitless, and allow worker threads.';
  try {
    const [{ muster }, { kernelModule }, { sharedMemory }] = await Promise.all([
      import('../kernels/crew.js'),
      import('../kernels/wasm-module.js'),
      import('../kernels/webassembly.js'),
    ]);
    const module = kernelModule();
    if (!module) return warning('kernels', 'The WebAssembly kernels do not run here.', slower);
    const crew = await muster(module, sharedMemory(65_536), 0, 2);
    crew.dismiss(false);
    return crew.threads === 2
      ? ok('kernels', 'WebAssembly kernels share one memory between threads')
      : warning('kernels', 'The WebAssembly kernels get no worker threads here.', slower);
  } catch (thrown) {
    return warning('kernels', `The WebAssembly kernels do not run here: ${asMillwrightError(thrown).message}`, slower);
  }
}

async function examineStore(dir: string): Promise<Finding[]> {
  const { openWorkspace } = await import('./workspace.js');
  let workspace: Workspace;
  try {
    workspace = await openWorkspace(dir, { clock: systemClock, readOnly: true });
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return error.code === 'MW_STORE_MISSING'
      ? [ok('store', `There is no store at ${resolve(dir)} yet; the first command that writes makes it`)]
      : [failed('store', `${error.code}: ${error.message}`, error.fix)];
  }
  try {
    return [
      ok('store', `The store at ${resolve(dir)} opens`),
      await writable(dir),
      await whole('audit', async () => {
        const { entries } = await workspace.audit.assertWhole();
        return `The audit log is whole (${entries} entries)`;
      }),
      await artifacts(workspace),
      await whole('events', async () => {
        const { openQuarantine } = await import('./review-quarantine.js');
        const waiting = await openQuarantine(workspace).list({ unresolved: true });
        return `The event log is readable (${waiting.length} rows wait in the quarantine)`;
      }),
    ];
  } finally {
    await workspace.close();
  }
}

async function whole(name: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return ok(name, await work());
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return failed(name, `${error.code}: ${error.message}`, error.fix);
  }
}

/** Reads what every registered version points to; reading compares the bytes with the hash that names them. */
async function artifacts({ models, snapshots, store }: Workspace): Promise<Finding> {
  let versions = 0;
  const broken: string[] = [];
  const read = new Map<string, string | null>();
  for (const { name } of await models.list())
    for (const version of await models.versions(name)) {
      versions++;
      for (const [part, hash] of partsOf(version)) {
        if (!read.has(hash))
          read.set(
            hash,
            await store.artifacts.get(hash).then(
              () => null,
              (thrown: unknown) => asMillwrightError(thrown).message,
            ),
          );
        const problem = read.get(hash);
        if (problem) broken.push(`the ${part} of ${version.id}: ${problem}`);
      }
      for (const snapshot of version.snapshots)
        for (const { artifact, path } of (await snapshots.find(snapshot))?.files ?? [])
          if (artifact !== null && !(await store.artifacts.has(artifact))) broken.push(`the copy of ${path} for ${version.id}`);
    }
  return broken.length === 0
    ? ok('artifacts', `Everything that the ${versions} registered versions need is there and whole (${read.size} artifacts)`)
    : failed(
        'artifacts',
        `Missing or damaged: ${broken.slice(0, 3).join('; ')}${broken.length > 3 ? `; and ${broken.length - 3} more` : ''}`,
        'Restore the store from a copy, or train these versions again.',
      );
}

const partsOf = ({ pipeline, plan, evaluation, report, reference }: ModelVersion) =>
  Object.entries({ pipeline, plan, evaluation, report, reference }).flatMap(([part, hash]) =>
    hash === null ? [] : [[part, hash] as const],
  );

async function writable(dir: string): Promise<Finding> {
  return access(dir, constants.W_OK).then(
    () => ok('rights', 'The store can be written to'),
    () =>
      warning(
        'rights',
        `${resolve(dir)} can be read and not written to: scoring and looking work, training and serving do not.`,
        'Check the rights on the folder and how its disk is mounted, or use another store to train and serve.',
      ),
  );
}

/** Room on the disk of the store, or of the nearest folder above that exists. */
async function diskSpace(dir: string): Promise<Finding> {
  for (let folder = resolve(dir); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const shown = `${(free / 2 ** 30).toFixed(1)} GB free for the store`;
      if (free < NO_SPACE) return failed('disk', `Only ${shown}.`, 'Make room before anything is trained.');
      return free < LITTLE_SPACE ? warning('disk', `Only ${shown}.`, 'Make room soon.') : ok('disk', shown);
    } catch (thrown) {
      if (folder === dirname(folder))
        return warning('disk', `Free space is not known: ${asMillwrightError(thrown).message}`, 'Check the disk by hand.');
    }
  }
}

const ok = (name: string, what: string): Finding => ({ name, state: 'ok', what: `${what}.`, fix: null });
const warning = (name: string, what: string, fix: string): Finding => ({ name, state: 'warning', what, fix });
const failed = (name: string, what: string, fix: string): Finding => ({ name, state: 'failed', what, fix });
