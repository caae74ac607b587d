import type { SourceSink } from '../server/hosted-model.js';

/**
 * The sink of a source that several served systems read: each of them takes the rows by its own contract. What any of them refuses is
 * told with its name, and counts as accepted nowhere.
 */
export function sharedSource(sinks: readonly { readonly system: string; readonly take: SourceSink }[]): SourceSink {
  const [only] = sinks;
  if (only !== undefined && sinks.length === 1) return only.take;
  return async (rows, batch) => {
    const answers = [];
    // One after another: an answer that one of them cannot give leaves the rest as a repeated push will find them.
    for (const { system, take } of sinks) answers.push({ system, answer: await take(rows, batch) });
    const reasons = new Map<number, string[]>();
    for (const { system, answer } of answers)
      for (const { row, reason } of answer.quarantined) reasons.set(row, [...(reasons.get(row) ?? []), `${system}: ${reason}`]);
    const accepted = Math.min(...answers.map(({ answer }) => answer.accepted));
    return {
      accepted: Math.min(accepted, rows.length - reasons.size),
      quarantined: [...reasons].toSorted(([a], [b]) => a - b).map(([row, all]) => ({ row, reason: all.join(' ') })),
      ...(answers.every(({ answer }) => answer.repeated) ? { repeated: true as const } : {}),
    };
  };
}
