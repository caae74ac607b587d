import { formatDuration } from '../base/duration.js';
import type { SystemPlan } from './plan.js';
import { gateText, keyText, signalText, splitText, windowText } from './plan-text.js';

export type NodeKind = 'source' | 'request' | 'view' | 'label' | 'features' | 'model' | 'gates' | 'serve' | 'watch' | 'retrain';

/** A part of a system: its title, and a few lines of what there is to say of it. */
export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly title: string;
  readonly lines: readonly string[];
}
/** What flows from one part to another; a `back` edge closes the loop. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly back: boolean;
}
export interface PlanGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const MOST_LINES = 6;

/** The graph of a system, from its sources round to retraining. */
export function planGraph(plan: SystemPlan): PlanGraph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const node = (kind: NodeKind, name: string, title: string, lines: readonly string[]): string => {
    const id = name === '' ? kind : `${kind}:${name}`;
    const shown =
      lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), `and ${lines.length - MOST_LINES + 1} more`] : lines;
    nodes.push({ id, kind, title, lines: shown });
    return id;
  };
  const edge = (from: string, to: string, back = false) => edges.push({ from, to, back });

  for (const source of Object.values(plan.sources))
    node('source', source.name, source.name, [
      `${source.from.format} ${shortened(source.from.path)}`,
      `${count(Object.keys(source.contract.columns).length, 'column')}, ${count(source.contract.checks.length, 'check')}`,
    ]);
  const asked = Object.keys(plan.request.columns);
  if (asked.length > 0) node('request', '', 'request', asked);
  for (const view of plan.views) {
    const id = node('view', view.name, view.name, [
      keyText(view),
      ...view.aggregates.map(({ name, windows }) => `${name} over ${windows.map(windowText).join(', ')}`),
    ]);
    edge(`source:${view.source}`, id);
  }
  const features = node('features', '', count(plan.features.length, 'feature'), featureLines(plan));
  if (asked.length > 0) edge('request', features);
  for (const { name } of plan.views) edge(`view:${name}`, features);
  const label = node('label', '', 'label', [
    plan.problem.task,
    ...(plan.label.positive === null ? [] : [`positive: ${plan.label.positive}`]),
  ]);
  edge(`source:${plan.label.source}`, label);
  const model = node('model', '', plan.name, [
    plan.train.candidates.map(({ estimator }) => estimator).join(', '),
    `${count(plan.train.search.trials, 'trial')} by ${plan.train.search.by}`,
    ...splitText(plan.train.split).split(', '),
  ]);
  edge(features, model);
  edge(label, model);
  let last = model;
  if (plan.accept.length > 0) {
    node('gates', '', 'gates', plan.accept.map(gateText));
    edge(last, 'gates');
    last = 'gates';
  }
  node('serve', '', 'serve', [
    `up to ${plan.serve.maxRows} rows a request`,
    ...(plan.problem.latency === null ? [] : [`p99 within ${formatDuration(plan.problem.latency)}`]),
  ]);
  edge(last, 'serve');
  const signals = Object.entries(plan.watch);
  if (signals.length > 0) {
    node(
      'watch',
      '',
      'watch',
      signals.map(([name, signal]) => `${name}: ${signalText(signal)}`),
    );
    edge('serve', 'watch');
  }
  if (plan.retrain) {
    node('retrain', '', 'retrain', [
      `on ${plan.retrain.on.join(', ')}`,
      `at most every ${formatDuration(plan.retrain.atMostEvery)}`,
      `shadow for ${formatDuration(plan.retrain.shadow)}`,
    ]);
    edge('watch', 'retrain');
    edge('retrain', model, true);
  }
  return { nodes, edges };
}

function featureLines({ features }: SystemPlan): string[] {
  const parts = { fromRequest: 'of the request', fromWindow: 'of windows', fromExpression: 'derived' } as const;
  return Object.entries(parts).flatMap(([kind, words]) => {
    const own = features.filter(({ from }) => from.kind === kind).length;
    return own === 0 ? [] : [`${own} ${words}`];
  });
}

export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
const shortened = (path: string): string => (path.length > 34 ? `...${path.slice(-31)}` : path);
