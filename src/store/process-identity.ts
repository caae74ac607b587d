import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';

/**
 * A process, so that another one can tell later whether it still lives. A process id alone is used again after a while; with the
 * start time (and the boot it counts from) it is not. `started` is empty where the system does not tell (outside Linux).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  /** The command that it runs, and since when (ISO 8601), for people; not there in identities of old. */
  readonly command?: string;
  readonly since?: string;
}

const SHOWN = 200;

export function currentProcess(): ProcessIdentity {
  const [, script = '', ...args] = process.argv;
  return {
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    host: hostname(),
    command: [basename(script, '.js'), ...args].join(' ').slice(0, SHOWN),
    since: new Date(Math.round(performance.timeOrigin)).toISOString(),
  };
}

/** A process for people: 'process 4711 on host-a (millwright serve --model x, since 2026-01-01T00:00:00.000Z)'. */
export function describeProcess({ pid, host, command, since }: ProcessIdentity): string {
  const known = [...(command ? [command] : []), ...(since ? [`since ${since}`] : [])].join(', ');
  return `process ${pid} on ${host}${known === '' ? '' : ` (${known})`}`;
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
  const { pid, started, host, command, since } = data as Partial<Record<keyof ProcessIdentity, unknown>>;
  if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return undefined;
  return {
    pid,
    started,
    host,
    ...(typeof command === 'string' ? { command } : {}),
    ...(typeof since === 'string' ? { since } : {}),
  };
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
