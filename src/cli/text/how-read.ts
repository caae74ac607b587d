import type { ConnectorPlan } from '../../define/plan.js';

/** How a file was read, in a few words: its format, and what is not the plainest way. */
export function howRead({ format, options }: ConnectorPlan): string {
  const { delimiter, quote, header, escape, comment, skip, encoding, missing } = options;
  return [
    format,
    delimiter === undefined ? '' : `delimiter ${JSON.stringify(delimiter)}`,
    quote === undefined || quote === '"' ? '' : `quote ${quote}`,
    escape === undefined ? '' : `escape ${escape}`,
    header === false ? 'no header' : '',
    comment === undefined ? '' : `comments behind ${comment}`,
    skip === undefined ? '' : `${skip} ${skip === 1 ? 'line' : 'lines'} left out`,
    encoding === undefined || encoding === 'utf-8' ? '' : encoding,
    missing === undefined || missing.length === 0 ? '' : `missing: ${missing.join(' ')}`,
  ]
    .filter(Boolean)
    .join(', ');
}
