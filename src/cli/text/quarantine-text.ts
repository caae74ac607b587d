import type { QuarantineState } from '../../run/review-quarantine.js';
import { clipped, figure, moment, textTable } from './table.js';

const MOST = 50;

/** Entries as a table, the newest last. */
export function entriesText(states: readonly QuarantineState[]): string {
  if (states.length === 0) return 'The quarantine is empty.';
  const shown = states.slice(-MOST);
  const lines = shown.map((state) => [
    state.entry.id,
    clipped(state.entry.source, 20),
    place(state),
    clipped(state.entry.reasons.join(' '), 56),
    resolved(state),
  ]);
  const rest = states.length - shown.length;
  return `${rest > 0 ? `The newest ${MOST} of ${figure(states.length)}; 'export' writes all.\n\n` : ''}${textTable(['id', 'source', 'line', 'reason', 'resolved'], lines)}`;
}

/** One entry in full. */
export function entryText(state: QuarantineState): string {
  const { entry, resolution } = state;
  return [
    `${entry.id}  ${entry.source}${place(state) ? `, line ${place(state)}` : ''}${entry.file ? ` of ${entry.file}` : ''}, put away ${moment(entry.at)}`,
    ...entry.reasons.map((reason) => `  ✗ ${reason}`),
    ...(entry.raw === null ? [] : [`  as read: ${entry.raw}`]),
    ...Object.entries(entry.values ?? {}).map(([name, value]) => `  ${name}: ${value === null ? '–' : value}`),
    ...(resolution
      ? [
          `  ${resolved(state)} by ${resolution.by}, ${moment(resolution.at)}`,
          ...Object.entries(resolution.values ?? {}).map(([name, value]) => `    ${name}: ${value === null ? '–' : value}`),
        ]
      : []),
  ].join('\n');
}

const place = ({ entry }: QuarantineState) => (entry.line === null ? '' : String(entry.line));
const resolved = ({ resolution, takenBack }: QuarantineState) => (takenBack ? 'taken back' : (resolution?.as ?? ''));
