import type { FileProfile } from '../../run/profile-file.js';
import { howRead } from './how-read.js';
import { clipped, figure, moment, share, textTable } from './table.js';

const MOST = 3;

/** A profile as a person reads it. */
export function profileText(profile: FileProfile): string {
  const { rows, columns, findings, rejected, classes, connector, file } = profile;
  const lines = Object.entries(columns).map(([name, column]) => {
    const { numbers, lengths, type } = column;
    const value = (at: number) => (type === 'timestamp' ? moment(at) : figure(at));
    const range = numbers
      ? [value(numbers.min), value(numbers.quantiles.p50), value(numbers.max)].join(' … ')
      : lengths && type === 'text'
        ? `${figure(lengths.min)} to ${figure(lengths.max)} characters`
        : column.top
            .slice(0, MOST)
            .map(({ value: text, count }) =>
              count === 1 ? clipped(String(text), 16) : `${clipped(String(text), 16)} ${share(count, rows)}`,
            )
            .join(', ');
    return [
      clipped(name, 28),
      type,
      column.missing === 0 ? '' : share(column.missing, rows),
      figure(column.distinct),
      clipped(range, 56),
    ];
  });
  return [
    `${file}: ${figure(rows)} rows, ${figure(lines.length)} columns (${howRead(connector)})`,
    '',
    textTable(['column', 'type', 'missing', 'distinct', 'lowest … median … highest, or the commonest'], lines),
    ...(classes
      ? [
          '',
          `classes: ${classes
            .slice(0, 10)
            .map(({ value, count }) => `${value} ${share(count, rows)}`)
            .join(', ')}`,
        ]
      : []),
    ...(findings.length > 0 ? ['', ...findings.map(({ what }) => `! ${what}`)] : []),
    ...(rejected.length > 0
      ? [
          '',
          `! ${figure(rejected.length)} rows could not be read. The first, line ${rejected[0]?.line}: ${rejected[0]?.reason}`,
        ]
      : []),
    ...profile.warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}
