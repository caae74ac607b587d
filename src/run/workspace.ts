import { type Clock, systemClock } from '../base/clock.js';
import { type Log, silentLog } from '../base/log.js';
import type { Watch } from '../base/progress.js';
import { random } from '../base/random.js';
import { AuditLog } from '../registry/audit.js';
import { Models } from '../registry/models.js';
import { Runs } from '../registry/runs.js';
import { Series } from '../registry/series.js';
import { Snapshots } from '../registry/snapshots.js';
import { States } from '../registry/states.js';
import { Steps } from '../registry/steps.js';
import { openStore, type Store } from '../store/open-store.js';

/** An open store with everything that reads and writes it: what every use case of `run` is given. */
export interface Workspace extends Watch {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly runs: Runs;
  readonly steps: Steps;
  readonly snapshots: Snapshots;
  readonly models: Models;
  readonly audit: AuditLog;
  readonly series: Series;
  readonly states: States;
  close(): Promise<void>;
}

export interface WorkspaceOptions extends Watch {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly readOnly?: boolean;
}

/** Opens the store in a folder, making it when there is none. @throws MW_STORE_* */
export async function openWorkspace(dir: string, options: WorkspaceOptions = {}): Promise<Workspace> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const store = await openStore(dir, { clock, log, readOnly: options.readOnly ?? false });
  const audit = new AuditLog(store.metadata, clock);
  return {
    store,
    clock,
    log,
    signal: options.signal,
    onProgress: options.onProgress,
    // Run ids only have to differ, so they may differ from machine to machine and moment to moment.
    runs: new Runs(store.metadata, clock, random((process.pid * 2654435761 + systemClock.now()) >>> 0)),
    steps: new Steps(store.metadata, clock),
    snapshots: new Snapshots(store.metadata, clock),
    models: new Models(store.metadata, clock, audit),
    audit,
    series: new Series(store.metadata),
    states: new States(store.metadata),
    close: () => store.close(),
  };
}
