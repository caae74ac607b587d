import type { VersionEvaluation } from '../../run/evaluate-version.js';
import { clipped, figure, textTable } from './table.js';

const MOST_SLICES = 8;

const interval = ({ low, high, note }: VersionEvaluation['evaluation']['metrics'][string]) =>
  low === null || high === null ? (note ?? '') : `${figure(low)} to ${figure(high)}`;

/** An evaluation as a person reads it. */
export function evaluationText({ version, evaluation, unlabelled, quarantined, warnings }: VersionEvaluation): string {
  const { metrics, confusion, classes, slices, value, rows } = evaluation;
  const worse = slices.filter(({ significant }) => significant).slice(0, MOST_SLICES);
  return [
    `${version.id} on ${figure(rows)} labelled rows${unlabelled > 0 ? ` (${figure(unlabelled)} without a label left out)` : ''}`,
    '',
    textTable(
      ['metric', 'value', '95 % interval'],
      Object.entries(metrics).map(([name, one]) => [name, figure(one.value), interval(one)]),
    ),
    ...(confusion && classes.length <= 10
      ? [
          '',
          textTable(
            ['truth', ...classes.map((name) => `as ${clipped(name, 14)}`)],
            confusion.map((row, truth) => [clipped(classes[truth] ?? '', 20), ...row.map((count) => figure(count))]),
          ),
        ]
      : []),
    ...(value
      ? [
          '',
          `value ${figure(value.perRow.value)} ${value.currency} a row (${interval(value.perRow)}); acting on none ${figure(value.none)}, on all ${figure(value.all)}`,
        ]
      : []),
    ...(worse.length > 0
      ? [
          '',
          'Worse than the whole, beyond chance:',
          textTable(
            ['feature', 'value', 'rows', 'metric', 'figure', 'worse by'],
            worse.map((slice) => [
              clipped(slice.feature, 24),
              clipped(slice.slice, 24),
              figure(slice.rows),
              slice.metric,
              figure(slice.figure.value),
              figure(slice.drop),
            ]),
          ),
        ]
      : []),
    ...(quarantined > 0 || warnings.length > 0 ? ['', ...warnings.map((warning) => `! ${warning}`)] : []),
  ].join('\n');
}
