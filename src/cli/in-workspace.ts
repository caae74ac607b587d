import { userInfo } from 'node:os';
import type { Durability } from '../run/durability-option.js';
import type { Workspace } from '../run/workspace.js';
import type { CommandContext } from './command.js';

interface InWorkspaceOptions {
  readonly readOnly?: boolean;
  /** Who acts; the user of the operating system unless given. */
  readonly by?: string | null;
  readonly durability?: Durability;
}

/** Runs work on the store that a command names, and closes it whatever happens. A command that only reads makes no store. */
export async function inWorkspace<T>(
  context: Pick<CommandContext, 'log' | 'signal' | 'progress'>,
  store: string,
  work: (workspace: Workspace) => Promise<T>,
  { readOnly = false, by = null, durability }: InWorkspaceOptions = {},
): Promise<T> {
  // Loaded here, because the databases behind a store take longer to load than the whole CLI does.
  const { openWorkspace } = await import('../run/workspace.js');
  const workspace = await openWorkspace(store, {
    log: context.log,
    signal: context.signal,
    onProgress: context.progress,
    readOnly,
    ...(durability ? { durability } : {}),
    by: by ?? user(),
  });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** The user of the operating system; a container may run as one that has no name. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
