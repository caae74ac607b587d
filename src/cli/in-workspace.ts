import { openWorkspace, type Workspace } from '../run/workspace.js';
import type { CommandContext } from './command.js';

/** Runs work on the store that a command names, and closes it whatever happens. */
export async function inWorkspace<T>(
  context: Pick<CommandContext, 'log' | 'signal' | 'progress'>,
  store: string,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(store, { log: context.log, signal: context.signal, onProgress: context.progress });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}
