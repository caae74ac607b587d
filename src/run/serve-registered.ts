import { fail } from '../base/error.js';
import { modelServer } from './model-server.js';
import { type ServedModel, serveModel } from './serve-model.js';
import type { Workspace } from './workspace.js';

/** A server that listens. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** A server over one registered model, listening. @throws MW_REGISTRY_*, MW_SERVE_* */
export function serveRegistered(reference: string, port: number, workspace: Workspace, host?: string): Promise<Listening> {
  return serveTogether([reference], port, workspace, host);
}

/**
 * One server over several registered models, listening. A source that several of them read feeds each.
 * @throws MW_REGISTRY_*, MW_SERVE_*, MW_OPTION_INVALID when two references name one model
 */
export async function serveTogether(
  references: readonly string[],
  port: number,
  workspace: Workspace,
  host?: string,
): Promise<Listening> {
  const versions = await Promise.all(references.map((reference) => workspace.models.resolve(reference)));
  versions.forEach(({ model, id }, index) => {
    const other = versions.findIndex((version) => version.model === model);
    if (other !== index)
      fail('MW_OPTION_INVALID', {
        what: `'${references[other]}' and '${references[index]}' both name the model '${model}', of which a server serves one version.`,
        where: { model, version: id },
        fix: 'Serve each on a port and a store of its own.',
      });
  });
  const { clock } = workspace;
  const writer = `${process.pid.toString(36)}${clock.now().toString(36)}`;
  const served: ServedModel[] = [];
  try {
    for (const version of versions)
      served.push(await serveModel(version, { clock, timer: () => performance.now(), writer }, workspace));
    for (const { plan } of served) warnOfRetraining(plan, workspace);
    const server = modelServer(served, clock, workspace);
    const url = await server.listen(port, host);
    return {
      url,
      async close() {
        await server.close();
        for (const { online } of served) await online.close();
      },
    };
  } catch (thrown) {
    for (const model of served) await model.close();
    throw thrown;
  }
}

/** What is in the definition and not done here is said, not found out. */
function warnOfRetraining({ name, retrain }: ServedModel['plan'], { log }: Workspace): void {
  if (retrain !== null)
    log.warn(
      `'${name}' is watched but not retrained here: a server does not act on \`retrain\` yet. Train a challenger with 'millwright run' on a schedule or when a signal fires.`,
    );
}
