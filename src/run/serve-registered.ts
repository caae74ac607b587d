import { modelServer } from './model-server.js';
import { serveModel } from './serve-model.js';
import type { Workspace } from './workspace.js';

/** A server over one registered model, listening. @throws MW_REGISTRY_*, MW_SERVE_* */
export async function serveRegistered(
  reference: string,
  port: number,
  workspace: Workspace,
  host?: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const version = await workspace.models.resolve(reference);
  const { clock } = workspace;
  const writer = `${process.pid.toString(36)}${clock.now().toString(36)}`;
  const served = await serveModel(version, { clock, timer: () => performance.now(), writer }, workspace);
  const server = modelServer([served], clock, workspace);
  try {
    const url = await server.listen(port, host);
    return {
      url,
      async close() {
        await server.close();
        await served.online.close();
      },
    };
  } catch (thrown) {
    await served.close();
    throw thrown;
  }
}
