import { milliseconds } from '../format.js';
import { html } from '../html.js';
import { facts, outcome } from '../table.js';
import type { Section } from './section.js';

export const latency: Section = {
  id: 'latency',
  title: 'Latency',
  render: ({ latency: { mean, p50, p99 }, problem }) => html`<p>Time of one prediction in the process, features at hand.</p>
${facts([
  ['Mean', milliseconds(mean)],
  ['p50', milliseconds(p50)],
  ['p99', milliseconds(p99)],
  [
    'Budget',
    problem.latency === null
      ? 'none'
      : html`p99 within ${milliseconds(problem.latency)}: ${Number.isFinite(p99) ? outcome(p99 <= problem.latency, p99 <= problem.latency ? 'kept' : 'exceeded') : 'not measured'}`,
  ],
])}`,
};
