/** Something that must be in order. `fix` says what to do when it is not. */
export interface Finding {
  readonly name: string;
  /** A failed one keeps Millwright from working; a warning may later. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly what: string;
  readonly fix: string | null;
}

export const ok = (name: string, what: string): Finding => ({ name, state: 'ok', what: `${what}.`, fix: null });
export const warning = (name: string, what: string, fix: string): Finding => ({ name, state: 'warning', what, fix });
export const failed = (name: string, what: string, fix: string): Finding => ({ name, state: 'failed', what, fix });
