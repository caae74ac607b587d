import { type ContentHash, hashBytes, hashData } from '../base/hash.js';
import type { SourcePlan, SystemPlan } from '../define/plan.js';
import { count } from '../define/plan-graph.js';
import { encodeFrame } from '../frame/codec.js';
import { type Frame, rowAt, takeRows } from '../frame/frame.js';
import { joinFrames } from '../ingest/join-frames.js';
import { readSource } from '../ingest/read-source.js';
import type { Snapshot } from '../ingest/snapshot.js';
import type { SnapshotFile } from '../registry/snapshots.js';
import { type CheckResult, checkFrame, demandPassed } from '../validate/check-frame.js';
import { Quarantine } from '../validate/quarantine.js';
import type { Workspace } from './workspace.js';

/** Rows of a source that met its contract, and what is known of where they come from. */
export interface SourceData {
  readonly frame: Frame;
  /** Of the files, and of the rows that were fixed in the quarantine. */
  readonly snapshot: ContentHash;
  readonly path: string;
  readonly bytes: number;
  readonly time: { readonly from: number; readonly to: number } | null;
  readonly checks: readonly CheckResult[];
  readonly quarantined: number;
  readonly warnings: readonly string[];
}

/** In the place of a path: the rows of a snapshot that were fixed in the quarantine, encoded as a frame. */
export const FIXED_ROWS = 'rows fixed in the quarantine';

/** Files up to this size are copied into the store, so that a version can be made again when they are gone. */
const LARGEST_COPY = 2 ** 30;

/**
 * Reads every source of a plan, checks it against its contract and puts what does not hold into the quarantine. Rows that were fixed
 * there come back in.
 * @param fixed these rows by source instead of those that are fixed now: to read what was read before
 * @throws MW_INGEST_*, MW_VALIDATE_*, MW_STORE_*
 */
export async function readSources(
  plan: Pick<SystemPlan, 'sources'>,
  baseDir: string,
  workspace: Workspace,
  fixed?: Readonly<Record<string, Frame>>,
): Promise<Readonly<Record<string, SourceData>>> {
  const out: Record<string, SourceData> = {};
  const frames: Record<string, Frame> = {};
  const sources = Object.values(plan.sources);
  for (const [index, source] of inOrderOfReference(sources).entries()) {
    workspace.onProgress?.({ step: 'ingest', done: index, total: sources.length, note: source.name });
    workspace.signal?.throwIfAborted();
    out[source.name] = await readOne(source, baseDir, frames, workspace, fixed);
    frames[source.name] = (out[source.name] as SourceData).frame;
  }
  workspace.onProgress?.({ step: 'ingest', done: sources.length, total: sources.length });
  return out;
}

async function readOne(
  source: SourcePlan,
  baseDir: string,
  frames: Readonly<Record<string, Frame>>,
  workspace: Workspace,
  given: Readonly<Record<string, Frame>> | undefined,
): Promise<SourceData> {
  const read = await readSource(source, { baseDir });
  const quarantine = new Quarantine(workspace.store.events, workspace.clock);
  const fixed = given ? given[source.name] : (await quarantine.takeBack(source.name, source.contract.columns)).frame;
  const encoded = fixed && fixed.rows > 0 ? encodeFrame(fixed) : null;
  const table = fixed && encoded ? joinFrames([read.frame, fixed]) : read.frame;
  const snapshot = encoded ? hashData({ snapshot: read.snapshot.hash, fixed: hashBytes(encoded) }) : read.snapshot.hash;

  const report = await checkFrame(table, source.contract, { now: workspace.clock.now(), sources: frames });
  const bad = [
    ...read.rejected.map((row) => ({ row: row.row, line: row.line, file: row.file, raw: row.raw, reasons: [row.reason] })),
    ...report.quarantined.map(({ row, reasons }) => ({ row: row + 1, values: rowAt(table, row), reasons })),
  ];
  // By the files' own snapshot: a row that stays bad in them is the same entry whatever was fixed beside it.
  if (bad.length > 0 && !workspace.readOnly) await quarantine.add(source.name, read.snapshot.hash, bad);
  demandPassed(report, source.name);
  const unresolved = bad.length > 0 ? await quarantine.list({ source: source.name, unresolved: true }) : [];
  const waiting = unresolved.filter(({ entry }) => entry.snapshot === read.snapshot.hash).length;

  const { time } = read.snapshot;
  if (!workspace.readOnly)
    await workspace.snapshots.record({
      hash: snapshot,
      source: source.name,
      rows: table.rows,
      from: time?.from ?? null,
      to: time?.to ?? null,
      files: await keepFiles(read.snapshot.files, encoded, workspace),
    });
  return {
    frame: report.keep.length === table.rows ? table : takeRows(table, report.keep),
    snapshot,
    path: source.from.path,
    bytes: read.snapshot.bytes,
    time,
    checks: report.results,
    quarantined: bad.length,
    warnings: [
      ...read.warnings,
      ...(waiting > 0
        ? [`${count(waiting, 'row')} of '${source.name}' ${waiting === 1 ? 'is' : 'are'} in the quarantine.`]
        : []),
      ...report.results
        .filter((result) => !result.passed && result.onFail === 'warn')
        .map((result) => `${source.name}: ${result.what}`),
    ],
  };
}

/** Copies files into the store, where they are not too large, and the rows that were fixed. */
async function keepFiles(
  files: Snapshot['files'],
  fixed: Uint8Array | null,
  { store: { artifacts } }: Workspace,
): Promise<readonly SnapshotFile[]> {
  const kept: SnapshotFile[] = [];
  for (const { path, bytes, hash } of files)
    kept.push({ path, bytes, hash, artifact: bytes <= LARGEST_COPY ? (await artifacts.putFile(path)).hash : null });
  if (fixed) {
    const artifact = await artifacts.put(fixed);
    kept.push({ path: FIXED_ROWS, bytes: fixed.byteLength, hash: artifact, artifact });
  }
  return kept;
}

/** Sources that others refer to come first, because their rows are needed to check the references. */
function inOrderOfReference(sources: readonly SourcePlan[]): SourcePlan[] {
  const rest = new Map(sources.map((source) => [source.name, source]));
  const ordered: SourcePlan[] = [];
  const visit = (source: SourcePlan) => {
    if (!rest.delete(source.name)) return;
    for (const check of source.contract.checks) {
      const target = check.check === 'references' ? rest.get(check.source) : undefined;
      if (target) visit(target);
    }
    ordered.push(source);
  };
  for (const source of sources) visit(source);
  return ordered;
}
