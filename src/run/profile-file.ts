import { resolve } from 'node:path';
import type { ColumnPlan, ConnectorPlan } from '../define/plan.js';
import { readSource } from '../ingest/read-source.js';
import type { RejectedRow } from '../ingest/reader.js';
import type { FrameProfile } from '../validate/profile.js';
import { profileFrame } from '../validate/profile-frame.js';
import { type FileReading, fileSource } from './file-reading.js';
import { checkTime } from './train-file.js';

/** What a file holds and how it was read. */
export interface FileProfile extends FrameProfile {
  readonly file: string;
  readonly connector: ConnectorPlan;
  readonly plans: Readonly<Record<string, ColumnPlan>>;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
}

/**
 * Profiles a file: each column's figures over all rows, and what stands out.
 * @param time a column that must be of moments
 * @throws MW_INGEST_*, MW_VALIDATE_TARGET_UNKNOWN, MW_RUN_TIME_UNKNOWN
 */
export async function profileFile(
  path: string,
  target: string | null,
  reading: FileReading = {},
  time: string | null = null,
): Promise<FileProfile> {
  const read = await readSource({ ...fileSource(path, reading), target }, { baseDir: resolve('.') });
  if (time !== null) checkTime(path, time, read.columns);
  const profile = profileFrame(read.frame, read.columns, target === null ? {} : { target });
  const { connector, columns: plans, rejected, warnings } = read;
  return { ...profile, file: path, connector, plans, rejected, warnings };
}
