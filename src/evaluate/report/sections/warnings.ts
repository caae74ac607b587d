import { html } from '../html.js';
import type { Section } from './section.js';

export const warnings: Section = {
  id: 'warnings',
  title: 'Warnings',
  render: ({ warnings: all }) =>
    all.length === 0
      ? html`<p>None.</p>
`
      : html`<ul>${all.map((warning) => html`<li>${warning}</li>`)}</ul>
`,
};
