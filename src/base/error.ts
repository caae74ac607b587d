import { ERRORS, type ErrorCode } from './errors/catalogue.js';

export type { ErrorCode } from './errors/catalogue.js';

/** Where a problem was met: whatever is known of file, line, column, source, feature, model ... as short printable values. */
export type Where = Readonly<Record<string, string | number | undefined>>;

/** What an error says beyond its code: one sentence of what was wrong, where, and what to do about it. */
export interface ErrorText {
  readonly what: string;
  readonly where?: Where;
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * The only error that leaves Millwright on bad input. It has a permanent code (docs/errors.md), a sentence, a place
 * and a remedy; surfaces print it without a stack trace.
 */
export class MillwrightError extends Error {
  override readonly name = 'MillwrightError';
  readonly code: ErrorCode;
  readonly where: Where;
  readonly fix: string;

  constructor(code: ErrorCode, text: ErrorText) {
    super(text.what, text.cause === undefined ? undefined : { cause: text.cause });
    this.code = code;
    this.where = text.where ?? {};
    this.fix = text.fix ?? ERRORS[code].fix;
  }

  /** HTTP status that a server answers with. */
  get status(): number {
    return ERRORS[this.code].status ?? 400;
  }

  /** Exit code of a command that ends with this error. */
  get exit(): number {
    return ERRORS[this.code].exit ?? 1;
  }

  /** The error as plain data: the body of an HTTP answer or of `--json` output. */
  toJSON(): { code: ErrorCode; message: string; where: Where; fix: string } {
    return { code: this.code, message: this.message, where: this.where, fix: this.fix };
  }

  /** The error as a person reads it on a terminal. */
  toText(): string {
    const place = Object.entries(this.where)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ');
    return `${this.code}: ${this.message}${place ? `\n  where: ${place}` : ''}\n  fix:   ${this.fix}`;
  }
}

/** Throws the coded error; typed `never` so that callers narrow after it. */
export function fail(code: ErrorCode, text: ErrorText): never {
  throw new MillwrightError(code, text);
}

/**
 * Any thrown value as a MillwrightError; one that is not ours becomes MW_INTERNAL with its message and the original as cause. A full disk
 * is nobody's mistake and can be met wherever something is written: it has a code of its own.
 */
export function asMillwrightError(thrown: unknown): MillwrightError {
  if (thrown instanceof MillwrightError) return thrown;
  if (isDiskFull(thrown)) {
    const path = 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : undefined;
    return new MillwrightError('MW_DISK_FULL', {
      what: `The disk is full: ${path === undefined ? 'something' : `'${path}'`} could not be written.`,
      ...(path === undefined ? {} : { where: { file: path } }),
      cause: thrown,
    });
  }
  return new MillwrightError('MW_INTERNAL', { what: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown });
}

/** What the system says of a disk without room; a library that passes it on may keep the words alone. */
function isDiskFull(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  const code = 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|Disk quota exceeded/.test(thrown.message);
}
