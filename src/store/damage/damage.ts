import { copyFile, mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { syncFolder } from '../durable-file.js';

/** A part of the store that does not hold what was written there. */
export interface Damage {
  readonly part: 'metadata' | 'artifacts' | 'events' | 'online';
  readonly file: string;
  /** What is wrong and what it means: a sentence. */
  readonly what: string;
  /** What a repair does about it: a sentence; null when there is nothing that it could do. */
  readonly mend: string | null;
  /** Nothing that was acknowledged is lost: a killed process leaves such things. */
  readonly harmless?: boolean;
}

/** Where a repair puts what it takes away: beside the store's own folders, in one folder a repair, under the same names. */
export class Aside {
  readonly #store: string;
  readonly folder: string;

  /** @param stamp tells this repair from others */
  constructor(store: string, stamp: string) {
    this.#store = store;
    this.folder = join(store, 'damaged', stamp);
  }

  /** Moves a file of the store aside; returns where it is then. */
  async move(path: string): Promise<string> {
    const to = await this.#place(path);
    await rename(path, to);
    await syncFolder(dirname(path));
    return to;
  }

  /** Copies a file of the store aside, before it is changed. */
  async copy(path: string): Promise<string> {
    const to = await this.#place(path);
    await copyFile(path, to);
    const handle = await open(to, 'r+');
    await handle.sync().finally(() => handle.close());
    return to;
  }

  async #place(path: string): Promise<string> {
    const to = join(this.folder, relative(this.#store, path));
    await mkdir(dirname(to), { recursive: true });
    return to;
  }
}

/** A file of the store for people. */
export const shown = (path: string): string => join(basename(dirname(path)), basename(path));
