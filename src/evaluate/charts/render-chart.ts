import { fail } from '../../base/error.js';
import { escapeMarkup, legalCharacters } from '../markup.js';
import { type ChartSpec, COLOURS } from './chart.js';

const CONFIG = {
  background: 'transparent',
  font: 'ui-sans-serif, system-ui, sans-serif',
  padding: 4,
  // One description for the whole chart is given by the page; one for every mark would be noise.
  aria: false,
  view: { stroke: null, continuousWidth: 330, continuousHeight: 240, discreteWidth: 330, discreteHeight: 240 },
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
  legend: {
    labelColor: COLOURS.ink,
    titleColor: COLOURS.ink,
    orient: 'top',
    labelFontSize: 11,
    labelLimit: 120,
    symbolType: 'circle',
    title: null,
  },
  text: { color: COLOURS.ink, fontSize: 11 },
  range: { category: [COLOURS.accent, COLOURS.second, COLOURS.third, COLOURS.fourth, COLOURS.fifth, COLOURS.sixth] },
};

export interface ChartLabels {
  /** Name of the chart for those who cannot see it. */
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly doc: string;
}

/**
 * Draws a Vega-Lite specification as a standalone SVG; the theme's colours become CSS variables with the light ones as fallback.
 * @param id tells apart the clips and gradients of several charts in one page
 * @throws MW_CHART_INVALID
 */
export async function renderChart(spec: ChartSpec, id = 'chart', labels: ChartLabels | null = null): Promise<string> {
  try {
    const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
    const compiled = lite.compile({ ...harmless(spec), config: CONFIG } as unknown as Parameters<typeof lite.compile>[0], {
      logger: vega.logger(vega.Error),
    });
    // A chart is data; it must never reach for the network or the disk.
    const view = new vega.View(vega.parse(compiled.spec), {
      renderer: 'none',
      logLevel: vega.Error,
      loader: closedLoader(vega.loader()),
    });
    const svg = await view.toSVG();
    view.finalize();
    return labelled(ownMarkup(svg, id), id, labels);
  } catch (cause) {
    return fail('MW_CHART_INVALID', {
      what: `A chart could not be drawn: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  }
}

/**
 * A value such as `toString` or `__proto__` is a key of every object, and Vega keeps groups in objects by their values. A joiner in front
 * of it, which nobody sees, makes it a value like any other.
 */
function harmless<T>(part: T): T {
  if (typeof part === 'string') return (part in Object.prototype ? `\u2060${part}` : part) as T;
  if (Array.isArray(part)) return part.map(harmless) as T;
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, harmless(value)])) as T;
}

const closed = () => Promise.reject(new Error('a chart may not load anything'));

function closedLoader<L extends object>(loader: L): L {
  return Object.assign(loader, { load: closed, http: closed, file: closed });
}

/**
 * Themes the colours, and numbers clips and gradients from one: Vega numbers them over the whole process, but the same chart shall be
 * the same bytes. Roles of single marks go: to a screen reader the chart is one image with one description. Only tags are touched, never the texts between them.
 */
function ownMarkup(svg: string, id: string): string {
  const names = new Map<string, string>();
  const own = (name: string) => {
    if (!names.has(name)) names.set(name, `${id}-${names.size + 1}`);
    return names.get(name) as string;
  };
  const colours = new Map<string, string>(
    Object.entries(COLOURS).map(([name, colour]) => [colour, `var(--${name}, ${colour})`]),
  );
  return legalCharacters(svg).replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(/ (?:role="graphics-[a-z-]+"|aria-roledescription="[^"]*")/g, '')
      .replace(/="(#[0-9a-f]{6})"/g, (whole, colour: string) => (colours.has(colour) ? `="${colours.get(colour)}"` : whole))
      .replace(/ id="((?:clip|gradient_)\d+)"/g, (_, name: string) => ` id="${own(name)}"`)
      .replace(/url\(#((?:clip|gradient_)\d+)\)/g, (_, name: string) => `url(#${own(name)})`),
  );
}

function labelled(svg: string, id: string, labels: ChartLabels | null): string {
  if (labels === null) return svg;
  const title = `<title id="${id}-title">${escapeMarkup(labels.title)}</title><desc id="${id}-doc">${escapeMarkup(labels.doc)}</desc>`;
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg role="img" aria-labelledby="${id}-title ${id}-doc" ${attributes.replace(/ ?role="[^"]*"/, '')}>${title}`,
  );
}
