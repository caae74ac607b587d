import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { asMillwrightError } from '../base/error.js';
import { packageVersion } from '../base/package-version.js';
import { type Finding, failed, ok, warning } from './finding.js';
import { storeFindings } from './store-findings.js';

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
  const store = [...(await storeFindings(dir)), await diskSpace(dir)];
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
