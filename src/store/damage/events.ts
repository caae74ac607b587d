import { readdir, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/error.js';
import { type DiskFile, readFully, systemDisk } from '../disk.js';
import { errno } from '../disk-error.js';
import { writeWhole } from '../durable-file.js';
import { listSegments, type Segment, segmentOf } from '../event-log/segment-files.js';
import { scanSegment } from '../event-log/segment-scan.js';
import { readFacts, type TopicFacts, writeFacts } from '../event-log/topic-facts.js';
import { describeProcess } from '../process-identity.js';
import { acquireWriterLock } from '../writer-lock.js';
import { type Aside, type Damage, shown } from './damage.js';

/** Whole records that follow one another in a segment. */
interface Piece {
  readonly from: number;
  readonly end: number;
  readonly records: number;
}

interface SegmentFindings {
  readonly segment: Segment;
  /** The first begins where the segment does, though it may hold nothing. */
  readonly pieces: readonly Piece[];
  readonly size: number;
  /** Records that belong in it; null of the last segment, which is open to the end. */
  readonly expected: number | null;
  /** Records that were in it once, as far as that is known. */
  readonly atLeast: number;
}

/** Looks at every record of every topic. */
export async function examineEvents(
  folder: string,
): Promise<{ readonly records: number; readonly damages: readonly Damage[] }> {
  let records = 0;
  const damages: Damage[] = [];
  for (const topic of await topicsOf(folder)) {
    const findings = await examineTopic(join(folder, topic));
    records += findings.reduce((sum, { pieces }) => sum + wholeOf(pieces), 0);
    damages.push(...damagesOf(topic, join(folder, topic), findings, await readFacts(join(folder, topic))));
  }
  return { records, damages };
}

/**
 * Mends every topic: whole records stay at their places, damaged ones leave a gap that is told of, and every file is copied aside before
 * it is changed.
 * @throws MW_EVENT_TOPIC_LOCKED when another process writes to a damaged topic
 */
export async function repairEvents(folder: string, aside: Aside): Promise<void> {
  for (const topic of await topicsOf(folder)) {
    const path = join(folder, topic);
    const findings = await examineTopic(path);
    if (damagesOf(topic, path, findings, await readFacts(path)).length === 0) continue;
    const attempt = await acquireWriterLock(join(path, 'writer'));
    if (!attempt.held)
      fail('MW_EVENT_TOPIC_LOCKED', {
        what: `The topic '${topic}' cannot be mended while ${describeProcess(attempt.owner)} writes to it.`,
        where: { topic, pid: attempt.owner.pid },
      });
    try {
      await repairTopic(path, findings, aside);
    } finally {
      await attempt.lock.release();
    }
  }
}

async function topicsOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

const wholeOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { records }) => sum + records, 0);

async function examineTopic(folder: string): Promise<readonly SegmentFindings[]> {
  const segments = await listSegments(folder);
  const { records } = await readFacts(folder);
  const findings: SegmentFindings[] = [];
  for (const [i, segment] of segments.entries()) {
    const file = await systemDisk.open(segment.path, 'r');
    try {
      const next = segments[i + 1];
      findings.push({
        segment,
        pieces: await piecesOf(file),
        size: (await file.stat()).size,
        expected: next ? next.base - segment.base : null,
        atLeast: next ? next.base - segment.base : Math.max(0, records - segment.base),
      });
    } finally {
      await file.close();
    }
  }
  return findings;
}

async function piecesOf(file: DiskFile): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  for (let from = 0; ; ) {
    const scan = scanSegment(file, from);
    let records = 0;
    let step = await scan.next();
    for (; !step.done; step = await scan.next()) records += step.value.length;
    pieces.push({ from, end: step.value.position, records });
    if (step.value.next === undefined) return pieces;
    from = step.value.next;
  }
}

const isGap = (facts: TopicFacts, offset: number) => facts.gaps.some(({ from, to }) => from <= offset && offset < to);

function damagesOf(topic: string, folder: string, findings: readonly SegmentFindings[], facts: TopicFacts): readonly Damage[] {
  const damages: Damage[] = [];
  const add = (file: string, what: string, mend: string, harmless = false) =>
    damages.push({ part: 'events', file, what, mend, ...(harmless ? { harmless } : {}) });
  const first = findings[0]?.segment;
  const begins = facts.begins ?? 0;
  if (first && first.base > begins && !isGap(facts, begins))
    add(
      first.path,
      `The first ${first.base - begins} records of the topic '${topic}' are gone.`,
      'The gap is noted, so that the rest can be read.',
    );
  for (const { segment, pieces, size, expected } of findings) {
    const whole = wholeOf(pieces);
    const last = pieces.at(-1) as Piece;
    const rest = size - last.end;
    if (pieces.length > 1)
      add(
        segment.path,
        `The topic '${topic}' is damaged in ${pieces.length - 1} place${pieces.length > 2 ? 's' : ''}, from record ${segment.base + (pieces[0] as Piece).records} on; ${whole} records of that file are whole.`,
        'The whole records stay at their places, the damaged ones are put aside.',
      );
    else if (expected !== null && whole < expected && !isGap(facts, segment.base + whole))
      add(
        segment.path,
        `${expected - whole} records of the topic '${topic}' are gone from the end of ${shown(segment.path)}.`,
        'The gap is noted, so that the rest can be read.',
      );
    else if (rest > 0)
      add(
        segment.path,
        `${rest} bytes at the end of the topic '${topic}' are no whole record: a process was killed while it wrote.`,
        'They are put aside and cut off.',
        expected === null,
      );
  }
  const ending = findings.at(-1);
  // What a damaged stretch held is counted with it.
  const missing = ending && ending.pieces.length > 1 ? 0 : Math.max(0, facts.records - lengthOf(findings));
  const lost = facts.lost + missing;
  if (lost > 0)
    add(
      first?.path ?? folder,
      `${lost} records that the topic '${topic}' once had at its end are gone.`,
      'It is taken note of; they cannot be brought back.',
    );
  return damages;
}

function lengthOf(findings: readonly SegmentFindings[]): number {
  const last = findings.at(-1);
  return last ? last.segment.base + wholeOf(last.pieces) : 0;
}

async function repairTopic(folder: string, findings: readonly SegmentFindings[], aside: Aside): Promise<void> {
  const facts = await readFacts(folder);
  const gaps = [...facts.gaps];
  const gap = (from: number, to: number) => {
    if (from < to && !gaps.some((known) => known.from <= from && to <= known.to)) gaps.push({ from, to });
  };
  gap(facts.begins ?? 0, findings[0]?.segment.base ?? 0);
  const placed = findings.map((found) => ({ ...found, pieces: placePieces(found, gap) }));
  const last = placed.at(-1)?.pieces.at(-1);
  // The gaps first: until the files are mended too, the topic stays as unreadable as it is.
  await writeFacts(folder, {
    ...facts,
    records: last ? last.base + last.records : 0,
    lost: 0,
    gaps: gaps.sort((a, b) => a.from - b.from),
  });
  for (const { segment, pieces, size } of placed) {
    const [head, ...others] = pieces;
    if (!head || (others.length === 0 && head.end === size)) continue;
    await aside.copy(segment.path);
    await unlink(segment.path.replace(/\.log$/, '.index')).catch(() => {});
    const file = await systemDisk.open(segment.path, 'r');
    try {
      for (const { base, from, end } of others) {
        const bytes = Buffer.alloc(end - from);
        await readFully(file, bytes, from);
        await writeWhole(segmentOf(folder, base).path, bytes);
      }
    } finally {
      await file.close();
    }
    await truncate(segment.path, head.end);
  }
}

/** Where each piece begins, and the gaps between them: how many records a damaged stretch held is known over the whole segment only. */
function placePieces(
  { segment, pieces, expected, atLeast }: SegmentFindings,
  gap: (from: number, to: number) => void,
): readonly (Piece & { readonly base: number })[] {
  const breaks = pieces.length - 1;
  const spare = Math.max(0, atLeast - wholeOf(pieces) - breaks);
  const placed: (Piece & { readonly base: number })[] = [];
  let base = segment.base;
  for (const [i, piece] of pieces.entries()) {
    // What a repair that was interrupted wrote to a file of its own already.
    if (i > 0 && expected !== null && base >= segment.base + expected) break;
    placed.push({ ...piece, base });
    base += piece.records;
    if (i === breaks) break;
    const lost = 1 + (i === 0 ? spare : 0);
    gap(base, base + lost);
    base += lost;
  }
  if (expected !== null) gap(base, segment.base + expected);
  return placed;
}
