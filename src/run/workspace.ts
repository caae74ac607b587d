import { type Clock, systemClock } from '../base/clock.js';
import { type Log, silentLog } from '../base/log.js';
import type { Watch } from '../base/progress.js';
import { random } from '../base/random.js';
import { openRegistry, type Registry } from '../registry/open-registry.js';
import type { Durability } from '../store/durability.js';
import { openStore, type Store } from '../store/open-store.js';

/** An open store with everything that reads and writes it: what every use case of `run` is given. */
export interface Workspace extends Watch, Registry {
  readonly store: Store;
  /** The moment it is in the business: of audit entries, labels, predictions. A replay simulates it. */
  readonly clock: Clock;
  /** Time that passes here: what work takes and budgets are kept by. */
  readonly stopwatch: Clock;
  readonly log: Log;
  /** On whose behalf the work is done, for the audit log: a person, or a service. */
  readonly by: string;
  /** The store is only read: what is found out on the way is not put on record. */
  readonly readOnly: boolean;
  close(): Promise<void>;
}

export interface WorkspaceOptions extends Watch {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly by?: string;
  readonly readOnly?: boolean;
  readonly durability?: Durability;
}

/** Opens the store in a folder, making it when there is none. @throws MW_STORE_* */
export async function openWorkspace(dir: string, options: WorkspaceOptions = {}): Promise<Workspace> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const { readOnly = false, durability } = options;
  const store = await openStore(dir, { clock, log, readOnly, ...(durability ? { durability } : {}) });
  return workspaceOver(store, { ...options, clock, log, readOnly, by: options.by ?? 'millwright' });
}

/** The same workspace at another clock. */
export function atClock(workspace: Workspace, clock: Clock): Workspace {
  return workspaceOver(workspace.store, { ...workspace, clock });
}

function workspaceOver(
  store: Store,
  {
    clock,
    log,
    by,
    readOnly,
    signal,
    onProgress,
  }: Required<Pick<WorkspaceOptions, 'clock' | 'log' | 'by' | 'readOnly'>> & Watch,
): Workspace {
  // Run ids only have to differ, so they may differ from process to process and moment to moment.
  const source = random((process.pid * 2654435761 + systemClock.now()) >>> 0);
  return {
    ...openRegistry(store, { clock, random: source }),
    store,
    clock,
    stopwatch: systemClock,
    log,
    by,
    readOnly,
    signal,
    onProgress,
    close: () => store.close(),
  };
}
