import { CHARTS } from '../../charts/catalogue.js';
import type { ChartData } from '../../charts/chart.js';
import { renderChart } from '../../charts/render-chart.js';
import { Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { isChosen, searchMetric } from './candidates.js';
import type { Section } from './section.js';

export const charts: Section = {
  id: 'charts',
  title: 'Charts',
  render: async (data) => {
    const drawn = chartData(data);
    const out: Html[] = [];
    for (const chart of CHARTS) {
      const spec = chart.spec(drawn);
      if (spec === null) continue;
      const id = `chart-${chart.name}`;
      const svg = new Html(await renderChart(spec, id, chart));
      out.push(html`<figure id="${id}"><figcaption><h3>${chart.title}</h3><p>${chart.doc}</p></figcaption>
${svg}</figure>
`);
    }
    return out.length === 0
      ? null
      : html`<div class="charts">${out}</div>
`;
  },
};

/** What the charts of a report are drawn from. */
export function chartData(data: ReportData): ChartData {
  const by = searchMetric(data);
  return {
    evaluation: data.evaluation,
    importances: data.importances,
    search: {
      by,
      trials: data.candidates.map((candidate, i) => ({
        number: i + 1,
        estimator: candidate.name,
        params: candidate.params,
        score: candidate.validation[by] ?? Number.NaN,
        share: candidate.share ?? 1,
        chosen: isChosen(data, candidate),
      })),
    },
    learning: data.learning === undefined ? null : { by, points: data.learning },
    daily: [],
    drift: [],
  };
}
