import { type Column, columnLength, type StringColumn } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';

/** Frames of the same columns one below the other. Where kinds differ, the caller has made them alike. */
export function joinFrames(frames: readonly Frame[]): Frame {
  if (frames.length === 1) return frames[0] as Frame;
  const names = Object.keys(frames[0]?.columns ?? {});
  const rows = frames.reduce((sum, each) => sum + each.rows, 0);
  return frame(
    Object.fromEntries(
      names.map((name) => [
        name,
        joinColumns(
          frames.map((each) => each.columns[name] as Column),
          rows,
        ),
      ]),
    ),
    rows,
  );
}

/** The same column of several tables, one below the other; all are of one kind. */
export function joinColumns(parts: readonly Column[], rows: number): Column {
  const { kind } = parts[0] as Column;
  if (kind === 'string') return joinedStrings(parts as readonly StringColumn[], rows);
  const values = kind === 'boolean' ? new Uint8Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const part of parts) {
    if (part.kind !== 'string') values.set(part.values, at);
    at += columnLength(part);
  }
  return { kind, values } as Column;
}

function joinedStrings(parts: readonly StringColumn[], rows: number): StringColumn {
  const codes = new Int32Array(rows);
  const dictionary: string[] = [];
  const seen = new Map<string, number>();
  let at = 0;
  for (const part of parts) {
    const recoded = part.dictionary.map((text) => {
      const known = seen.get(text);
      if (known !== undefined) return known;
      seen.set(text, dictionary.length);
      return dictionary.push(text) - 1;
    });
    for (let row = 0; row < part.codes.length; row++) {
      const code = part.codes[row] as number;
      codes[at++] = code < 0 ? -1 : (recoded[code] as number);
    }
  }
  return { kind: 'string', codes, dictionary };
}
