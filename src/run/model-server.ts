import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../base/clock.js';
import { packageVersion } from '../base/package-version.js';
import type { VersionBody } from '../server/contract.js';
import { createServer, type ModelServer } from '../server/create-server.js';
import type { HostedModel, SourceSink } from '../server/hosted-model.js';
import { openQuarantine } from './review-quarantine.js';
import type { ServedModel } from './serve-model.js';
import { sharedSource } from './shared-source.js';
import { sourceSink } from './source-sink.js';
import type { Workspace } from './workspace.js';

/**
 * A server over models in service: predictions, rows of their sources, labels, status, metrics, and the dashboard at `/`.
 * @param options see `serverOptions`
 */
export function modelServer(
  served: readonly ServedModel[],
  clock: Clock,
  workspace: Workspace,
  options: Readonly<Record<string, unknown>> = {},
): ModelServer {
  const names = new Set(served.flatMap(({ plan }) => Object.keys(plan.sources)));
  const sources = new Map<string, SourceSink>();
  const quarantine = openQuarantine(workspace);
  for (const name of names) {
    const readers = served.filter(({ plan }) => Object.hasOwn(plan.sources, name));
    sources.set(
      name,
      sharedSource(readers.map((model) => ({ system: model.plan.name, take: sourceSink(model, name, quarantine) }))),
    );
  }
  return createServer({
    models: served.map((model) => hosted(model, workspace)),
    sources,
    audit: async (limit, model) =>
      (await workspace.audit.list({ limit, ...(model === undefined ? {} : { model }) }))
        .toSorted((a, b) => b.seq - a.seq)
        .map(({ at, actor, action, subject, reason }) => ({ at, actor, action, subject, because: reason })),
    clock,
    timer: () => performance.now(),
    log: workspace.log,
    version: packageVersion(),
    dashboard: dashboardFolder(),
    options,
  });
}

function hosted(model: ServedModel, workspace: Workspace): HostedModel {
  return {
    service: model.service,
    versions: async () =>
      (await workspace.models.versions(model.plan.name)).toReversed().map(
        (version): VersionBody => ({
          version: String(version.version),
          aliases: version.aliases,
          createdAt: version.createdAt,
          estimator: version.estimator,
          metrics: version.metrics['test'] ?? version.metrics['validation'] ?? {},
        }),
      ),
    daily: () => model.monitor.daily(),
    signals: () => model.judge(),
  };
}

/** The built dashboard beside the compiled package; null when this runs from sources that were not built. */
function dashboardFolder(): string | null {
  const folder = fileURLToPath(new URL('../../dashboard/', import.meta.url));
  return existsSync(`${folder}index.html`) && existsSync(`${folder}assets`) ? folder : null;
}
