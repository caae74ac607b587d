import type { Workspace } from '../run/workspace.js';
import type { CommandContext } from './command.js';

/** Runs work on the store that a command names, and closes it whatever happens. A command that only reads makes no store. */
export async function inWorkspace<T>(
  context: Pick<CommandContext, 'log' | 'signal' | 'progress'>,
  store: string,
  work: (workspace: Workspace) => Promise<T>,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<T> {
  // Loaded here, because the databases behind a store take longer to load than the whole CLI does.
  const { openWorkspace } = await import('../run/workspace.js');
  const workspace = await openWorkspace(store, {
    log: context.log,
    signal: context.signal,
    onProgress: context.progress,
    readOnly,
  });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}
