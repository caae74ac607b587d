import type { NodeKind } from './plan-graph.js';

/** Pale fills with a strong edge: readable in print and under colour blindness, where the edge differs in lightness as well. */
export const NODE_COLOURS: Readonly<Record<NodeKind, { readonly fill: string; readonly stroke: string }>> = {
  source: { fill: '#e6f0fa', stroke: '#2f6fb0' },
  request: { fill: '#e6f0fa', stroke: '#2f6fb0' },
  view: { fill: '#e5f6ef', stroke: '#1f8a62' },
  label: { fill: '#fdf3dc', stroke: '#b07a12' },
  features: { fill: '#e5f6ef', stroke: '#1f8a62' },
  model: { fill: '#efe9fb', stroke: '#6b46c1' },
  gates: { fill: '#fbe9e7', stroke: '#c0492f' },
  serve: { fill: '#efe9fb', stroke: '#6b46c1' },
  watch: { fill: '#fdf3dc', stroke: '#b07a12' },
  retrain: { fill: '#fbe9e7', stroke: '#c0492f' },
};
