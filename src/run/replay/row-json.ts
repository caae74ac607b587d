import type { Column } from '../../frame/column.js';
import { columnOf, type Frame } from '../../frame/frame.js';

/** A writer of rows as JSON objects of the named columns; strings are escaped once a dictionary entry, not once a row. */
export function rowJson(table: Frame, names: readonly string[]): (row: number) => string {
  const parts = names.map((name, index) => {
    const write = valueJson(columnOf(table, name));
    const key = `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`;
    return (row: number) => key + write(row);
  });
  return (row) => {
    let text = '';
    for (const part of parts) text += part(row);
    return `${text}}`;
  };
}

function valueJson(column: Column): (row: number) => string {
  switch (column.kind) {
    case 'string': {
      const { codes } = column;
      const entries = column.dictionary.map((entry) => JSON.stringify(entry));
      return (row) => ((codes[row] as number) < 0 ? 'null' : (entries[codes[row] as number] as string));
    }
    case 'boolean': {
      const texts = ['false', 'true'];
      return (row) => texts[column.values[row] as number] ?? 'null';
    }
    default:
      return (row) => (Number.isFinite(column.values[row]) ? String(column.values[row]) : 'null');
  }
}
