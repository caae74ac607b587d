import type { GatePlan } from '../../../define/plan.js';
import type { GateResult } from '../../gates.js';
import { figure, milliseconds, percent, setting } from '../format.js';
import { type Html, html } from '../html.js';
import { figures as figuresColumn, name, outcome, table, text } from '../table.js';
import type { Section } from './section.js';

export const verdict: Section = {
  id: 'verdict',
  title: 'Verdict',
  render: ({ gates }) => {
    if (gates.length === 0)
      return html`<p class="verdict none">No gate was set: nothing was asked of this model before it may serve.</p>
`;
    const passed = gates.filter((gate) => gate.passed).length;
    const all = passed === gates.length;
    return html`${banner(all, passed, gates.length)}${table(
      'Gates',
      [name('Gate'), figuresColumn('Figure'), text('Outcome'), text('What was found')],
      gates.map((result) => ({
        cells: [
          asked(result.gate),
          found(result),
          outcome(result.passed, result.passed ? 'passed' : 'failed'),
          result.sentence,
        ],
      })),
    )}`;
  },
};

const banner = (all: boolean, passed: number, of: number): Html =>
  all
    ? html`<p class="verdict good">Accepted: ${of === 1 ? 'the one gate was passed' : `all ${of} gates passed`}.</p>
`
    : html`<p class="verdict bad">Refused: ${of - passed} of ${of} ${of === 1 ? 'gate' : 'gates'} failed.</p>
`;

function asked(gate: GatePlan): string {
  switch (gate.gate) {
    case 'metric':
      return [
        gate.metric,
        ...(gate.low === null ? [] : [`at least ${setting(gate.low)}`]),
        ...(gate.high === null ? [] : [`at most ${setting(gate.high)}`]),
      ].join(' ');
    case 'beatsChampion':
      return `${gate.metric} beats the champion, or what could be had without a model while there is none${gate.by === 0 ? '' : ` by ${setting(gate.by)}`} with ${percent(gate.confidence)} confidence`;
    case 'slice':
      return `${gate.metric} by ${gate.feature} gets worse by at most ${setting(gate.dropAtMost)}`;
    case 'latency':
      return `p99 within ${milliseconds(gate.p99)}`;
  }
}

function found({ gate, figure: value }: GateResult): string {
  if (value === null) return 'insufficient data';
  if (gate.gate === 'latency') return milliseconds(value);
  return gate.gate === 'beatsChampion' ? percent(value) : figure(value);
}
