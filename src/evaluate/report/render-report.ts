import { escapeHtml as text } from './escape-html.js';
import type { ReportData } from './report-data.js';
import { STYLE } from './style.js';

/** A report as one HTML file that needs nothing else: no network, no scripts. */
export async function renderReport(data: ReportData): Promise<string> {
  const accepted = data.gates.every(({ passed }) => passed);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${text(data.system)}</title><style>${STYLE}</style></head>
<body><main>
<header><h1>${text(data.system)}</h1><p>${text(data.problem.objective)}</p><p class="verdict ${accepted ? 'good' : 'bad'}">${accepted ? 'Accepted' : 'Refused'} by ${data.gates.length} gates</p></header>
</main></body></html>
`;
}
