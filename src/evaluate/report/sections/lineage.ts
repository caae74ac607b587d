import { html } from '../html.js';
import { facts } from '../table.js';
import type { Section } from './section.js';

export const lineage: Section = {
  id: 'lineage',
  title: 'Lineage',
  render: ({ lineage: { pipeline, plan, code }, sources }) => html`<p>What this model was made of, by content hash.</p>
${facts([
  ['Pipeline', html`<code>${pipeline}</code>`],
  ['Plan', html`<code>${plan}</code>`],
  ['Code', html`<code>${code}</code>`],
  ...sources.map(({ name, snapshot }) => [`Data: ${name}`, html`<code>${snapshot}</code>`] as const),
])}`,
};
