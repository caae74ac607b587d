const VOID = new Set(['meta', 'br', 'hr']);

/** What is wrong with the markup of a page: tags that do not nest, attributes without quotes, a stray bracket. Null when nothing is. */
export function markupFault(page: string): string | null {
  const open: string[] = [];
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/g, '');
  let end = 0;
  for (const match of body.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    const between = body.slice(end, match.index);
    if (/[<>]/.test(between)) return `a stray bracket in '${between.slice(0, 80)}'`;
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(between)) return `a stray ampersand in '${between.slice(0, 80)}'`;
    end = match.index + match[0].length;
    const [, closing, tag = '', attributes = '', alone] = match;
    const names = [...attributes.matchAll(/\s([\w:-]+)=/g)].map(([, name]) => name);
    if (new Set(names).size < names.length) return `an attribute twice in '${match[0].slice(0, 120)}'`;
    if (closing) {
      const opened = open.pop();
      if (opened !== tag) return `</${tag}> where <${opened}> is open`;
    } else if (!alone && !VOID.has(tag)) open.push(tag);
  }
  if (/[<>]/.test(body.slice(end))) return `a stray bracket in '${body.slice(end, end + 80)}'`;
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : null;
}
