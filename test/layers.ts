/**
 * The house as a table: each layer of src/ and the layers it may import besides itself. Order is data flow. Stages import what is
 * above them and never one another.
 */
const BELOW_STAGES = [
  'base',
  'frame',
  'types',
  'kernels',
  'stats',
  'models',
  'pipeline',
  'define',
  'engines',
  'contract',
  'store',
  'features',
] as const;
const STAGES = ['ingest', 'validate', 'train', 'evaluate', 'registry', 'deploy', 'serve', 'monitor', 'retrain'] as const;

export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  frame: ['base'],
  types: ['base', 'frame'],
  kernels: ['base'],
  stats: ['base', 'frame', 'kernels'],
  models: ['base', 'frame', 'kernels', 'stats'],
  pipeline: ['base', 'frame', 'types', 'kernels', 'stats', 'models'],
  define: ['base', 'frame', 'types', 'stats', 'models'],
  engines: ['base', 'frame'],
  contract: ['base', 'frame', 'types', 'define', 'engines'],
  store: ['base', 'frame', 'types', 'define'],
  features: ['base', 'frame', 'types', 'define', 'engines', 'store'],
  ...Object.fromEntries(STAGES.map((stage) => [stage, BELOW_STAGES])),
  server: [...BELOW_STAGES, ...STAGES],
  run: [...BELOW_STAGES, ...STAGES, 'server'],
  cli: ['base', 'define', 'run'],
};
