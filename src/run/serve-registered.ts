import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { SourceHistory } from './feed-history.js';
import { modelServer } from './model-server.js';
import { type ServedModel, type ServeModelOptions, serveModel } from './serve-model.js';
import type { Workspace } from './workspace.js';

export interface RegisteredOptions extends Pick<ServeModelOptions, 'catchUp' | 'log'> {
  /** See `serverOptions`. */
  readonly server?: Readonly<Record<string, unknown>>;
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** What of each source's files counts in the windows that are served, and what does not. */
  readonly history: readonly SourceHistory[];
  close(): Promise<void>;
}

/** A server over one registered model, listening. @throws MW_REGISTRY_*, MW_SERVE_* */
export function serveRegistered(
  reference: string,
  port: number,
  workspace: Workspace,
  host?: string,
  options: RegisteredOptions = {},
): Promise<Listening> {
  return serveTogether([reference], port, workspace, host, options);
}

/**
 * One server over several registered models, listening. A source that several of them read feeds each.
 * @throws MW_REGISTRY_*, MW_SERVE_*, MW_OPTION_INVALID when two references name one model, MW_SERVE_SOURCE_UNKNOWN for a source to catch up that
 * none has windows over
 */
export async function serveTogether(
  references: readonly string[],
  port: number,
  workspace: Workspace,
  host?: string,
  options: RegisteredOptions = {},
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
  const { server: serverSide, ...serving } = options;
  const served: ServedModel[] = [];
  try {
    for (const version of versions)
      served.push(await serveModel(version, { ...serving, clock, timer: () => performance.now(), writer }, workspace));
    const history = served.flatMap((model) => model.history);
    requireSources(options.catchUp ?? [], history);
    for (const { plan } of served) warnOfRetraining(plan, workspace);
    const server = modelServer(served, clock, workspace, serverSide);
    const url = await server.listen(port, host);
    return {
      url,
      history,
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

function requireSources(asked: 'all' | readonly string[], history: readonly SourceHistory[]): void {
  const sources = [...new Set(history.map(({ source }) => source))];
  for (const name of asked === 'all' ? [] : asked)
    if (!sources.includes(name))
      fail('MW_SERVE_SOURCE_UNKNOWN', {
        what: `There are no windows over a source '${name}'.${didYouMean(name, sources)}`,
        where: { source: name },
        fix: `Catch up one of ${sources.join(', ') || 'none'}, or all.`,
      });
}

/** What is in the definition and not done here is said, not found out. */
function warnOfRetraining({ name, retrain }: ServedModel['plan'], { log }: Workspace): void {
  if (retrain !== null)
    log.warn(
      `'${name}' is watched but not retrained here: a server does not act on \`retrain\` yet. Train a challenger with 'millwright run' on a schedule or when a signal fires.`,
    );
}
