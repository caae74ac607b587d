import { type Disk, type DiskFile, systemDisk } from '../disk.js';

/** A disk with real files below it and room for so many more bytes; further writes come short, then fail. Room can be made again. */
export class FailingDisk implements Disk {
  room = Number.POSITIVE_INFINITY;
  /** Syncs fail. */
  refusesSync = false;
  /** Cutting a file off fails. */
  refusesTruncate = false;

  async open(path: string, flags: Parameters<Disk['open']>[1]): Promise<DiskFile> {
    return this.#over(await systemDisk.open(path, flags));
  }

  #over(file: DiskFile): DiskFile {
    const write = async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      if (this.room <= 0) throw refusal('ENOSPC');
      const part = Math.min(length, this.room);
      this.room -= part;
      return file.write(bytes, offset, part, position);
    };
    return {
      read: file.read.bind(file) as DiskFile['read'],
      stat: file.stat.bind(file) as DiskFile['stat'],
      close: () => file.close(),
      write: write as unknown as DiskFile['write'],
      truncate: async (length) => {
        if (this.refusesTruncate) throw refusal('EIO');
        await file.truncate(length);
      },
      datasync: async () => {
        if (this.refusesSync) throw refusal('EIO');
        await file.datasync();
      },
    };
  }
}

const refusal = (code: string) => Object.assign(new Error(`${code}: the disk refuses`), { code });
