import { Html, html } from './html.js';
import type { ReportData } from './report-data.js';
import { SECTIONS } from './sections/catalogue.js';
import { problem } from './sections/problem.js';
import { STYLE } from './style.js';

/**
 * A report as one HTML file that needs nothing else: no scripts, nothing loaded from elsewhere, charts as inline SVG. All texts of the
 * data are escaped. The same data give the same bytes.
 * @throws MW_CHART_INVALID
 */
export async function renderReport(data: ReportData): Promise<string> {
  const links: Html[] = [];
  const sections: Html[] = [];
  for (const { id, title, render } of SECTIONS) {
    const body = await render(data);
    if (body === null) continue;
    links.push(html`<a href="#${id}">${title}</a> `);
    sections.push(html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>
${body}</section>
`);
  }
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${data.system}: model report</title>
<style>${new Html(STYLE)}</style></head>
<body><main>
${problem(data)}<nav aria-label="Sections">${links}</nav>
${sections}</main></body></html>
`.text;
}
