import { type ErrorCode, MillwrightError } from '../base/error.js';

const CODE_OF: Readonly<Record<string, { readonly code: ErrorCode; readonly what: string }>> = {
  ENOSPC: { code: 'MW_STORE_FULL', what: 'The disk is full' },
  EDQUOT: { code: 'MW_STORE_FULL', what: 'The disk quota is used up' },
  EFBIG: { code: 'MW_STORE_FULL', what: 'The file size limit is reached' },
  EROFS: { code: 'MW_STORE_UNWRITABLE', what: 'The disk is read-only' },
  EACCES: { code: 'MW_STORE_UNWRITABLE', what: 'The rights to write are missing' },
  EPERM: { code: 'MW_STORE_UNWRITABLE', what: 'The system does not permit it' },
};

export const errno = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;

/** A failed system call on a file of the store, as a coded error; what is coded already, or no system error at all, stays as it is. */
export function diskError(thrown: unknown, doing: string, path: string): unknown {
  const code = errno(thrown);
  if (thrown instanceof MillwrightError || code === undefined) return thrown;
  const known = Object.hasOwn(CODE_OF, code) ? CODE_OF[code] : undefined;
  return new MillwrightError(known?.code ?? 'MW_STORE_FAILED', {
    what: `${known?.what ?? `The system answered ${code}`}: could not ${doing}.`,
    where: { file: path },
    cause: thrown,
  });
}

/** Runs work on the disk; its system errors come out as coded errors that say what was being done, and where. */
export async function onDisk<T>(doing: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw diskError(thrown, doing, path);
  }
}
