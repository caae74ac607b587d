import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Frame, takeRows } from '../../frame/frame.js';
import { joinFrames } from '../../ingest/join-frames.js';
import { readSource } from '../../ingest/read-source.js';
import type { ModelVersion } from '../../registry/models.js';
import { checkFrame } from '../../validate/check-frame.js';
import { keptSources } from '../kept-sources.js';
import { planOf } from '../resolve-system.js';
import { type TrainingTable, trainingTable } from '../training-table.js';
import type { Workspace } from '../workspace.js';

/**
 * Features, labels and parts of the rows that a version was trained and tested on, from the copies of the data that the store keeps. Nothing is written
 * to the store.
 * @throws MW_RUN_DATA_GONE, MW_ARTIFACT_CORRUPT, MW_INGEST_* when the copies are not there any more
 */
export async function knownRows(version: ModelVersion, workspace: Workspace): Promise<TrainingTable> {
  const plan = await planOf(version, workspace);
  const folder = await mkdtemp(join(tmpdir(), 'millwright-export-'));
  try {
    const { sources, fixed } = await keptSources(plan, version, folder, workspace);
    const read: Record<string, Frame> = {};
    for (const source of Object.values(sources)) {
      const { frame } = await readSource(source, { baseDir: folder });
      const rows = fixed[source.name];
      read[source.name] = rows ? joinFrames([frame, rows]) : frame;
    }
    const frames: Record<string, Frame> = {};
    for (const [name, rows] of Object.entries(read)) {
      const { contract } = plan.sources[name] as (typeof plan.sources)[string];
      const { keep } = await checkFrame(rows, contract, { now: workspace.clock.now(), sources: read });
      frames[name] = keep.length === rows.rows ? rows : takeRows(rows, keep);
    }
    const { asOf } = version.params;
    return trainingTable(plan, frames, typeof asOf === 'number' ? asOf : Number.POSITIVE_INFINITY);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
