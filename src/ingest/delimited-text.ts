/**
 * The first records of a delimited text, fields unquoted: a small reader for looking at a file before the fast one reads it.
 * A quote inside quotes is doubled; a last record that may be cut off is left out when `cut`.
 */
export function recordsOf(text: string, delimiter: string, quote: string, most: number, cut: boolean): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  const end = text.length;
  while (at < end && records.length < most) {
    let field: string;
    if (quote !== '' && text.startsWith(quote, at)) {
      field = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf(quote, from);
        if (close < 0) return records;
        field += text.slice(from, close);
        if (text[close + 1] !== quote) {
          at = close + 1;
          break;
        }
        field += quote;
        from = close + 2;
      }
      const rest = fieldEnd(text, at, delimiter);
      field += text.slice(at, rest);
      at = rest;
    } else {
      const stop = fieldEnd(text, at, delimiter);
      field = text.slice(at, stop);
      at = stop;
    }
    record.push(field);
    if (at < end && text[at] === delimiter) {
      at++;
      if (at === end) record.push('');
      continue;
    }
    if (at >= end && cut) return records;
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}

function fieldEnd(text: string, from: number, delimiter: string): number {
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === delimiter || c === '\n' || c === '\r') return i;
  }
  return text.length;
}
