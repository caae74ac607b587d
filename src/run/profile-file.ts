import { resolve } from 'node:path';
import type { ColumnPlan, ConnectorPlan } from '../define/plan.js';
import { readSource } from '../ingest/read-source.js';
import type { RejectedRow } from '../ingest/reader.js';
import type { FrameProfile } from '../validate/profile.js';
import { profileFrame } from '../validate/profile-frame.js';

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
 * @throws MW_INGEST_*, MW_VALIDATE_TARGET_UNKNOWN
 */
export async function profileFile(path: string, target: string | null): Promise<FileProfile> {
  const read = await readSource(
    { from: { kind: 'connector', format: null, path, options: {} }, contract: null },
    { baseDir: resolve('.') },
  );
  const profile = profileFrame(read.frame, read.columns, target === null ? {} : { target });
  const { connector, columns: plans, rejected, warnings } = read;
  return { ...profile, file: path, connector, plans, rejected, warnings };
}
