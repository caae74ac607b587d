import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Scalar, valueAt } from '../../frame/column.js';
import { type BareSource, readSource, type SourceRows } from '../read-source.js';

/** A folder for files of a test. */
export class TestFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'millwright-files-'));
  #count = 0;

  /** Writes a file of a folder of its own and gives its path. */
  write(name: string, content: string | Uint8Array): string {
    const own = join(this.folder, `t${this.#count++}`);
    mkdirSync(own);
    const path = join(own, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type Given = Partial<Omit<BareSource, 'from'>> & { readonly options?: BareSource['from']['options'] };

/** Reads a file of which nothing is known but what is given. */
export const readFound = (path: string, { options = {}, ...given }: Given = {}): Promise<SourceRows> =>
  readSource({ from: { kind: 'connector', format: null, path, options }, contract: null, ...given }, { baseDir: '.' });

/** The values of a column. */
export function valuesOf({ frame }: SourceRows, name: string): Scalar[] {
  const column = frame.columns[name];
  if (!column || !Object.hasOwn(frame.columns, name)) throw new Error(`no column ${name}`);
  return Array.from({ length: frame.rows }, (_, row) => valueAt(column, row));
}
