export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Messages for people and machines; never on standard output, which belongs to results. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** A log that writes one line a message through `write` (standard error, usually). */
export function lineLog(write: (line: string) => void, level: LogLevel = 'info'): Log {
  const at = (own: LogLevel) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (RANK[own] < RANK[level]) return;
    const rest = fields
      ? Object.entries(fields).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      : [];
    write(`${own === 'info' ? '' : `${own}: `}${message}${rest.join('')}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLog: Log = lineLog(() => {}, 'silent');
