import type { Workspace } from '../../run/workspace.js';
import { figure, textTable } from './table.js';

type ModelSummary = Awaited<ReturnType<Workspace['models']['list']>>[number];
type ModelVersion = Awaited<ReturnType<Workspace['models']['versions']>>[number];

/** The metric that versions are shown by: the first of these that they have. */
const SHOWN = ['auc', 'rmse', 'logloss'];

export function modelsText(list: readonly ModelSummary[]): string {
  if (list.length === 0) return "No model yet. 'millwright train FILE --target COLUMN' makes one.";
  const rows = list.map(({ name, versions, latest, aliases }) => [
    name,
    String(versions),
    String(latest),
    Object.entries(aliases)
      .map(([key, version]) => `${key} ${version}`)
      .join(', '),
  ]);
  return textTable(['model', 'versions', 'latest', 'aliases'], rows);
}

/** Versions of one model, newest first. */
export function versionsText(versions: readonly ModelVersion[]): string {
  const known = versions[0]?.metrics['validation'] ?? {};
  const metric = SHOWN.find((name) => name in known) ?? Object.keys(known)[0];
  const figures = metric === undefined ? [] : [`${metric} (validation)`, `${metric} (test)`];
  const rows = versions.map((version) => [
    version.id,
    version.estimator,
    new Date(version.createdAt).toISOString().slice(0, 16),
    ...(metric === undefined
      ? []
      : [figure(version.metrics['validation']?.[metric]), figure(version.metrics['test']?.[metric])]),
    version.aliases.join(', '),
    version.pipeline.slice(7, 19),
  ]);
  return textTable(['version', 'estimator', 'made', ...figures, 'aliases', 'hash'], rows);
}
