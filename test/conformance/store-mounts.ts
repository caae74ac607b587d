import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A folder that lies on a file system of its own; `end` takes it away again. */
export interface Mounted {
  readonly path: string;
  end(): void;
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });

/** Lazily, because the descriptors of a closed database live until it is collected. */
const mounted = (path: string): Mounted => ({ path, end: () => execFileSync('umount', ['-l', path], { stdio: 'pipe' }) });

/** What stands at `folder`, seen at `path` through a mount that takes no writes. */
export function mountReadOnly(folder: string, path: string): Mounted {
  mkdirSync(path, { recursive: true });
  mount('--bind', folder, path);
  mount('-o', 'remount,ro,bind', path);
  return mounted(path);
}

/** A file system in memory with room for so many bytes, at `path`. */
export function mountSmall(path: string, bytes: number): Mounted {
  mkdirSync(path, { recursive: true });
  mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path);
  return mounted(path);
}

/** Why this machine lets nobody mount, or null when it does: tests on real disks of their own are left out then, and say so. */
export function whyNoMounts(folder: string): string | null {
  try {
    mountSmall(folder, 65_536).end();
    return null;
  } catch (thrown) {
    return `no file systems can be mounted here: ${String((thrown as Error).message).split('\n')[0]}`;
  }
}
