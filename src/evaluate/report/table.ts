import { Html, html } from './html.js';

/** One column of a table: its heading, whether it holds figures, and whether its cells name their rows. */
export interface Column {
  readonly heading: string;
  readonly kind: 'text' | 'figure' | 'name';
}

export const text = (heading: string): Column => ({ heading, kind: 'text' });
export const figures = (heading: string): Column => ({ heading, kind: 'figure' });
export const name = (heading: string): Column => ({ heading, kind: 'name' });

export interface Row {
  readonly cells: readonly (string | Html)[];
  /** Stands out, as the row of the model that was chosen. */
  readonly strong?: boolean;
}

/** A table with a caption and with headings for screen readers; wide ones scroll in a box of their own. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Html {
  const head = columns.map(({ heading, kind }) => html`<th scope="col"${className(kind)}>${heading}</th>`);
  const body = rows.map(
    ({ cells, strong }) =>
      html`<tr${strong ? new Html(' class="strong"') : null}>${cells.map((cell, k) => {
        const { kind } = columns[k] as Column;
        return kind === 'name' ? html`<th scope="row">${cell}</th>` : html`<td${className(kind)}>${cell}</td>`;
      })}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;
}

const className = (kind: Column['kind']): Html | null => (kind === 'figure' ? new Html(' class="n"') : null);

/** Labels with their texts. */
export function facts(pairs: readonly (readonly [label: string, text: string | Html | null])[]): Html {
  const shown = pairs.filter(([, text]) => text !== null && text !== '');
  return html`<dl>${shown.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>
`;
}

export const outcome = (good: boolean, word: string): Html =>
  html`<span class="${good ? 'good' : 'bad'}">${good ? '✓' : '✗'} ${word}</span>`;
