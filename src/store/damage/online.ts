import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asMillwrightError } from '../../base/error.js';
import { readFully, systemDisk } from '../disk.js';
import { errno } from '../disk-error.js';
import { writeWhole } from '../durable-file.js';
import { fileOf } from '../online/generations.js';
import { readLogFacts, writeLogFacts } from '../online/log-facts.js';
import { checkPushLog, PUSH_LOG_HEADER, pushLogHeader } from '../online/push-log.js';
import { scanPushes } from '../online/push-record.js';
import { readSnapshot } from '../online/snapshot.js';
import { type Aside, type Damage, shown } from './damage.js';

interface Stretch {
  readonly from: number;
  readonly end: number;
}

interface LogFindings {
  readonly number: number;
  readonly pushes: number;
  readonly stretches: readonly Stretch[];
  readonly size: number;
  /** Why its beginning cannot be relied on; null when it can. */
  readonly beginning: string | null;
}

interface OnlineFindings {
  readonly folder: string;
  readonly logs: readonly LogFindings[];
  /** Why each snapshot is damaged; null when it is whole. */
  readonly snapshots: ReadonlyMap<number, string | null>;
  /** Where to begin, by what is whole; null when that is nowhere. */
  readonly start: number | null;
  readonly lost: number;
}

/** Looks at every snapshot and every push of every online store. */
export async function examineOnline(folder: string): Promise<{ readonly pushes: number; readonly damages: readonly Damage[] }> {
  const damages: Damage[] = [];
  let pushes = 0;
  for (const inner of await storesIn(folder)) {
    const findings = await examineStore(inner);
    pushes += findings.logs.reduce((sum, log) => sum + log.pushes, 0);
    damages.push(...damagesOf(findings));
  }
  return { pushes, damages };
}

/** Mends every online store: every whole push stays, what is damaged is put aside. Nobody may serve from the store meanwhile. */
export async function repairOnline(folder: string, aside: Aside): Promise<void> {
  for (const inner of await storesIn(folder)) {
    const findings = await examineStore(inner);
    if (damagesOf(findings).length > 0) await repairStore(findings, aside);
  }
}

/** Folders of online stores: a folder a model, in it one a set of views. */
async function storesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const model of await namesIn(folder))
    for (const views of await namesIn(join(folder, model)))
      if ((await stat(join(folder, model, views))).isDirectory()) found.push(join(folder, model, views));
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT' || errno(thrown) === 'ENOTDIR') return [];
    throw thrown;
  }
}

async function examineStore(folder: string): Promise<OnlineFindings> {
  const numbers = { snapshot: [] as number[], log: [] as number[] };
  for (const name of await namesIn(folder)) {
    const match = /^(snapshot|log)-(\d+)$/.exec(name);
    if (match) numbers[match[1] as 'snapshot' | 'log'].push(Number(match[2]));
  }
  const snapshots = new Map<number, string | null>();
  for (const number of numbers.snapshot.sort((a, b) => a - b))
    snapshots.set(number, await whyDamaged(fileOf(folder, 'snapshot', number)));
  const logs: LogFindings[] = [];
  for (const number of numbers.log.sort((a, b) => a - b)) logs.push(await examineLog(folder, number));
  const last = logs.at(-1);
  const facts = await readLogFacts(folder);
  const reached = last?.stretches.at(-1)?.end ?? 0;
  return {
    folder,
    logs,
    snapshots,
    start: startOf(snapshots, numbers.log),
    lost: facts.lost + (facts.log === (last?.number ?? 0) ? Math.max(0, facts.bytes - reached) : 0),
  };
}

async function whyDamaged(path: string): Promise<string | null> {
  try {
    await readSnapshot(path, systemDisk, () => {});
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** What is damaged in words; what a newer Millwright wrote is not damaged, and not for this one to mend. */
function messageOf(thrown: unknown): string {
  const error = asMillwrightError(thrown);
  if (error.code === 'MW_ONLINE_NEWER') throw error;
  return error.message;
}

/** The newest whole snapshot (0 for none) from which logs lead on without a gap. */
function startOf(snapshots: ReadonlyMap<number, string | null>, logs: readonly number[]): number | null {
  const whole = [...snapshots].filter(([, why]) => why === null).map(([number]) => number);
  const newest = Math.max(0, ...snapshots.keys(), ...logs);
  for (const start of [...whole.sort((a, b) => b - a), 0]) {
    const needed = Array.from({ length: newest - start + 1 }, (_, i) => start + i);
    if (needed.every((number) => logs.includes(number))) return start;
  }
  return logs.length === 0 && snapshots.size === 0 ? 0 : null;
}

async function examineLog(folder: string, number: number): Promise<LogFindings> {
  const path = fileOf(folder, 'log', number);
  const file = await systemDisk.open(path, 'r');
  try {
    const { size } = await file.stat();
    const beginning = await checkPushLog(file, path).then(() => null, messageOf);
    const stretches: Stretch[] = [];
    let pushes = 0;
    for (let from: number | undefined = Math.min(PUSH_LOG_HEADER, size); from !== undefined; ) {
      const scan = scanPushes(file, from);
      let step = await scan.next();
      for (; !step.done; step = await scan.next()) pushes += step.value.length;
      stretches.push({ from, end: step.value.position });
      from = step.value.next;
    }
    return { number, pushes, stretches, size, beginning: size === 0 && number === 0 ? null : beginning };
  } finally {
    await file.close();
  }
}

function damagesOf({ folder, logs, snapshots, start, lost }: OnlineFindings): readonly Damage[] {
  const damages: Damage[] = [];
  const add = (file: string, what: string, mend: string, harmless = false) =>
    damages.push({ part: 'online', file, what, mend, ...(harmless ? { harmless } : {}) });
  for (const [number, why] of snapshots)
    if (why !== null)
      add(
        fileOf(folder, 'snapshot', number),
        why,
        start === null
          ? 'It is put aside with the logs since, and the state is filled from history again at the next start.'
          : 'It is put aside; what is before it and the logs since give the same state.',
      );
  for (const { number, stretches, size, beginning } of logs) {
    const path = fileOf(folder, 'log', number);
    const rest = size - (stretches.at(-1) as Stretch).end;
    if (beginning !== null) add(path, beginning, 'It is put aside, and its whole pushes are kept.');
    else if (stretches.length > 1)
      add(
        path,
        `Pushes in ${shown(path)} are damaged, and whole ones follow them.`,
        'It is put aside, and its whole pushes are kept.',
      );
    else if (rest > 0)
      add(
        path,
        `${rest} bytes at the end of ${shown(path)} are no whole push: a process was killed while it wrote.`,
        'They are put aside and cut off.',
        number === logs.at(-1)?.number,
      );
  }
  if (start === null && ![...snapshots.values()].some((why) => why !== null))
    add(
      folder,
      'A snapshot or a log of the online store is gone, and what is left does not follow from anything.',
      'It is put aside, and the state is filled from history again at the next start.',
    );
  if (lost > 0)
    add(
      folder,
      `${lost} bytes of pushes that were at the end of the log are gone.`,
      'It is taken note of; they cannot be brought back.',
    );
  return damages;
}

async function repairStore({ folder, logs, snapshots, start }: OnlineFindings, aside: Aside): Promise<void> {
  for (const { number, stretches, size, beginning } of logs) {
    const path = fileOf(folder, 'log', number);
    if (beginning === null && stretches.length === 1 && (stretches[0] as Stretch).end === size) continue;
    await aside.copy(path);
    await writeWhole(path, Buffer.concat([pushLogHeader(), ...(await bytesOf(path, stretches))]));
  }
  for (const [number, why] of snapshots)
    if (why !== null || start === null) await aside.move(fileOf(folder, 'snapshot', number));
  if (start === null) for (const { number } of logs) await aside.move(fileOf(folder, 'log', number));
  const last = start === null ? undefined : logs.at(-1);
  const bytes = last ? (await stat(fileOf(folder, 'log', last.number))).size : 0;
  await writeLogFacts(folder, { log: last?.number ?? 0, bytes, lost: 0 });
}

async function bytesOf(path: string, stretches: readonly Stretch[]): Promise<readonly Buffer[]> {
  const file = await systemDisk.open(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (const { from, end } of stretches) {
      const bytes = Buffer.alloc(end - from);
      await readFully(file, bytes, from);
      parts.push(bytes);
    }
    return parts;
  } finally {
    await file.close();
  }
}
