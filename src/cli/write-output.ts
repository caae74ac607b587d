import { rename, rm, writeFile } from 'node:fs/promises';
import { fail } from '../base/error.js';

/** Writes a file that a command was asked for, whole or not at all. @throws MW_CLI_OUTPUT_UNWRITABLE */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {});
    fail('MW_CLI_OUTPUT_UNWRITABLE', {
      what: `'${path}' cannot be written: ${reason(thrown)}.`,
      where: { file: path },
      cause: thrown,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'no right to write there',
  EPERM: 'no right to write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};

function reason(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return (code && REASONS[code]) ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
