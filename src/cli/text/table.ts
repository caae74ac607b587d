/** Fewest characters that a last column is folded to, where the others take most of the line. */
const NARROWEST = 24;

/** Rows of text in aligned columns; numbers to the right. The last column is folded where lines would be longer than `lineWidth`. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  lineWidth = Number.POSITIVE_INFINITY,
): string {
  const last = head.length - 1;
  const before = head
    .slice(0, last)
    .reduce((sum, title, c) => sum + 2 + Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)), 0);
  const room = Math.max(NARROWEST, lineWidth - before);
  return aligned(
    head,
    rows.flatMap((row) =>
      folded(row[last] ?? '', room).map((part, i) =>
        i === 0 ? [...row.slice(0, last), part] : [...head.slice(1).map(() => ''), part],
      ),
    ),
  );
}

/** Text in lines of at most so many characters, parted between words where there are any. */
function folded(text: string, most: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const at = rest.lastIndexOf(' ', most);
    lines.push(rest.slice(0, at > 0 ? at : most));
    rest = rest.slice(at > 0 ? at + 1 : most);
  }
  return [...lines, rest];
}

function aligned(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.map((title, c) => Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)));
  const right = head.map(
    (_, c) => rows.length > 0 && rows.every((row) => row[c] === '' || /^[-+\d.,%\s]+$/.test(row[c] ?? '')),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (right[c] ? cell.padStart(width[c] as number) : cell.padEnd(width[c] as number)))
      .join('  ')
      .trimEnd();
  return [line(head), line(width.map((w) => '─'.repeat(w))), ...rows.map(line)].join('\n');
}

/** A figure as people read it: four significant digits, thousands separated. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

/** A moment as a day where it is one. */
export function moment(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

/** A part of a whole in per cent. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  return `${percent !== 0 && percent < 0.1 ? '<0.1' : percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Text on one line of at most so many characters. */
export function clipped(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${figure(Number((bytes / 10 ** (3 * unit)).toPrecision(3)))} ${units[unit]}`;
}
