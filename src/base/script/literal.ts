/** Text as a JavaScript literal of one line, in code that is read as it is and in code that stands in a page. */
export const textLiteral = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('<', '\\x3c');

/** A number as JavaScript, as short as it can be read back. */
export function numberLiteral(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (value === Number.POSITIVE_INFINITY) return '1/0';
  if (value === Number.NEGATIVE_INFINITY) return '-1/0';
  return String(value)
    .replace(/^(-?)0\./, '$1.')
    .replace('e+', 'e');
}

/** Plain data as a JavaScript expression; a key '__proto__' is a key like any other. */
export function dataLiteral(data: unknown): string {
  if (typeof data === 'string') return textLiteral(data);
  if (typeof data === 'number') return numberLiteral(data);
  if (Array.isArray(data)) return `[${data.map((item) => dataLiteral(item)).join()}]`;
  if (typeof data === 'object' && data !== null)
    return `{${Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${keyLiteral(key)}:${dataLiteral(value)}`)
      .join()}}`;
  return String(data);
}

/** A key of an object literal. */
export function keyLiteral(key: string): string {
  if (key === '__proto__') return '["__proto__"]';
  return /^[a-zA-Z_]\w*$/.test(key) ? key : textLiteral(key);
}
