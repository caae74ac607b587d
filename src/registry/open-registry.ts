import type { Clock } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { Store } from '../store/open-store.js';
import { AuditLog } from './audit.js';
import { type LineageNode, lineage, type PredictionLookup } from './lineage.js';
import { Models } from './models.js';
import { Runs } from './runs.js';
import { Series } from './series.js';
import { Snapshots } from './snapshots.js';
import { States } from './states.js';
import { Steps } from './steps.js';

/** What a store knows of runs and models. It holds nothing itself: any number may be open on one store. */
export interface Registry {
  readonly runs: Runs;
  readonly steps: Steps;
  readonly snapshots: Snapshots;
  readonly models: Models;
  readonly audit: AuditLog;
  readonly series: Series;
  readonly states: States;
  /** Where a prediction ('name:version:offset') or a model version came from. */
  lineage(subject: string, prediction?: PredictionLookup): Promise<LineageNode>;
}

/** `random` gives run ids their tail; two processes on one simulated clock should be seeded apart. */
export function openRegistry(store: Pick<Store, 'metadata' | 'artifacts'>, given: { clock: Clock; random: Random }): Registry {
  const { metadata, artifacts } = store;
  const { clock, random } = given;
  const audit = new AuditLog(metadata, clock);
  const runs = new Runs(metadata, clock, random);
  const snapshots = new Snapshots(metadata, clock);
  const models = new Models(metadata, artifacts, audit, clock);
  return {
    runs,
    snapshots,
    models,
    audit,
    steps: new Steps(metadata, clock),
    series: new Series(metadata),
    states: new States(metadata, clock),
    lineage: (subject, prediction) => lineage({ models, runs, snapshots, artifacts }, subject, prediction),
  };
}
