import type { ExplainedRow, ExplainOutcome } from '../../run/explain-rows.js';
import { clipped, figure, textTable } from './table.js';

const MOST_FEATURES = 20;

/** The reasons of each row shown, and the features by their mean weight. */
export function explainedText(outcome: ExplainOutcome): string {
  const { model, version, unit, rows, refused, explained, importance, importanceRows, out } = outcome;
  const shown = importance.slice(0, MOST_FEATURES);
  return [
    ...explained.map((row) => `${rowText(row, unit)}\n`),
    `Mean size of the contributions to ${model}:${version} (${unit}), ${figure(importanceRows)} of ${figure(rows)} rows:`,
    textTable(
      ['feature', 'mean'],
      shown.map(({ feature, mean }) => [clipped(feature, 60), figure(mean)]),
    ),
    ...(importance.length > shown.length ? [`and ${figure(importance.length - shown.length)} features that weigh less`] : []),
    ...(refused > 0 ? ['', `! ${figure(refused)} rows are refused as a request would be and not explained.`] : []),
    ...(out === null ? [] : ['', `contributions: ${out}`]),
  ].join('\n');
}

function rowText({ row, prediction, of, base, margin, reasons, interactions }: ExplainedRow, unit: string): string {
  const answer = typeof prediction === 'number' ? figure(prediction) : prediction;
  const head = `row ${row + 1}: ${answer}; ${unit}${of === null ? '' : ` of '${of}'`} ${figure(margin)}, from ${figure(base)}`;
  const lines = reasons.map(({ feature, value, contribution }) => [
    `${contribution > 0 ? '+' : ''}${figure(contribution)}`,
    clipped(feature, 60),
    value === null ? 'missing' : clipped(typeof value === 'number' ? figure(value) : String(value), 60),
  ]);
  const pairs = interactions.map(({ features, interaction }) => [
    `${interaction > 0 ? '+' : ''}${figure(interaction)}`,
    features.map((feature) => clipped(feature, 40)).join(' with '),
  ]);
  const together = pairs.length === 0 ? '' : `\n${textTable(['by', 'features together'], pairs)}`;
  return lines.length === 0
    ? `${head}\nNo feature moved it.`
    : `${head}\n${textTable(['by', 'feature', 'value'], lines)}${together}`;
}
