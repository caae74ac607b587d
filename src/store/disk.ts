import { type FileHandle, open } from 'node:fs/promises';

/** What the store does with an open file. */
export type DiskFile = Pick<FileHandle, 'read' | 'write' | 'truncate' | 'datasync' | 'stat' | 'close'>;

/** The disk below the logs: passed in, so that one that fails can stand in for it. */
export interface Disk {
  open(path: string, flags: 'r' | 'r+' | 'a+' | 'w'): Promise<DiskFile>;
}

export const systemDisk: Disk = { open: (path, flags) => open(path, flags) };

/** Fills the buffer from a position on, or up to the end of the file; returns the number of bytes. */
export async function readFully(file: Pick<DiskFile, 'read'>, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Opens a file to be written at any place, making it when it is not there. (A file opened to append ignores places.) */
export async function openAnywhere(disk: Disk, path: string): Promise<DiskFile> {
  await (await disk.open(path, 'a+')).close();
  return disk.open(path, 'r+');
}
