import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process, so that another one can tell later whether it still lives. A process id alone is used again after a while; with the
 * start time (and the boot it counts from) it is not. `started` is empty where the system does not tell (outside Linux).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
}

export function currentProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '', host: hostname() };
}

/** False only when the process is known to be gone; one of another host counts as alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (thrown) {
    // EPERM: it is there, and belongs to somebody else.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false;
  }
  const started = startOf(identity.pid);
  return started === undefined || identity.started === '' || started === identity.started;
}

/** A process identity out of stored JSON, or undefined when it is not one. */
export function readIdentity(data: unknown): ProcessIdentity | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { pid, started, host } = data as Partial<Record<keyof ProcessIdentity, unknown>>;
  return typeof pid === 'number' && typeof started === 'string' && typeof host === 'string'
    ? { pid, started, host }
    : undefined;
}

let boot: string | undefined;

/** `<clock ticks since boot>@<boot id>` on Linux; undefined elsewhere or when the process is gone. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields are counted after the command, which is in parentheses and may hold anything; a zombie is as good as gone.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return fields[0] === 'Z' ? 'gone' : `${fields[19]}@${boot}`;
  } catch {
    return undefined;
  }
}
