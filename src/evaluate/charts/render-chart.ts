import { fail } from '../../base/error.js';
import { type ChartSpec, COLOURS } from './chart.js';

const FONT = 'ui-sans-serif, system-ui, sans-serif';
const CONFIG = {
  background: 'transparent',
  font: FONT,
  padding: 4,
  view: { stroke: null },
  axis: {
    labelColor: COLOURS.muted,
    titleColor: COLOURS.ink,
    gridColor: COLOURS.grid,
    domainColor: COLOURS.grid,
    tickColor: COLOURS.grid,
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: 500,
    titlePadding: 8,
    labelLimit: 170,
    tickCount: 5,
  },
  legend: { labelColor: COLOURS.ink, titleColor: COLOURS.ink, orient: 'top', labelFontSize: 11, title: null },
  text: { color: COLOURS.ink, fontSize: 11 },
  range: { category: [COLOURS.accent, COLOURS.second, '#2f8f6b', '#8b5cc7', '#b8485c', '#5b7f95'] },
};

/**
 * Draws a Vega-Lite specification as a standalone SVG; the theme's colours become CSS variables with the light ones as fallback.
 * @param id tells apart the clips and gradients of several charts in one page
 * @throws MW_CHART_INVALID
 */
export async function renderChart(spec: ChartSpec, id = 'chart'): Promise<string> {
  try {
    const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
    const size = { width: 330, height: 240, ...spec };
    const compiled = lite.compile({ ...size, config: CONFIG } as unknown as Parameters<typeof lite.compile>[0]);
    // A chart is data; it must never reach for the network or the disk.
    const view = new vega.View(vega.parse(compiled.spec), {
      renderer: 'none',
      logLevel: vega.Error,
      loader: closedLoader(vega.loader()),
    });
    const svg = await view.toSVG();
    view.finalize();
    return ownIds(themed(svg), id);
  } catch (cause) {
    return fail('MW_CHART_INVALID', {
      what: `A chart could not be drawn: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  }
}

const closed = () => Promise.reject(new Error('a chart may not load anything'));

function closedLoader<L extends object>(loader: L): L {
  return Object.assign(loader, { load: closed, http: closed, file: closed });
}

function themed(svg: string): string {
  let out = svg;
  for (const [name, colour] of Object.entries(COLOURS)) out = out.replaceAll(`="${colour}"`, `="var(--${name}, ${colour})"`);
  return out;
}

/** Vega numbers clips and gradients over the whole process; within a chart they are numbered from one, so the same chart is the same bytes. */
function ownIds(svg: string, id: string): string {
  const names = new Map<string, string>();
  for (const [, name] of svg.matchAll(/ id="((?:clip|gradient_)\d+)"/g)) names.set(name, `${id}-${names.size + 1}`);
  return svg
    .replace(/ id="((?:clip|gradient_)\d+)"/g, (whole, name: string) => (names.has(name) ? ` id="${names.get(name)}"` : whole))
    .replace(/url\(#((?:clip|gradient_)\d+)\)/g, (whole, name: string) =>
      names.has(name) ? `url(#${names.get(name)})` : whole,
    );
}
