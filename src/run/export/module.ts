import { declareOptions } from '../../base/options.js';
import { exportFormat } from './format.js';

export const moduleFormat = exportFormat({
  name: 'module',
  doc: 'an ES module without dependencies, with the whole feature pipeline, for browsers and edge workers',
  ending: 'js',
  options: declareOptions({
    maxBytes: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1_000_000_000,
      unit: 'bytes',
      doc: 'Size that the module must not exceed; 0 for none.',
    },
    shrink: {
      kind: 'boolean',
      default: false,
      doc: 'Round and prune leaves as far as --max-bytes needs, by what changes the predictions least.',
    },
    leafBits: {
      kind: 'choice',
      default: '64',
      choices: ['64', '16', '8'],
      doc: 'Bits of the values of leaves; 64 keeps them as they are.',
    },
    prune: {
      kind: 'number',
      default: 0,
      min: 0,
      max: 1,
      doc: 'Share of the leaves to prune, those first that change the predictions of the training rows least.',
    },
  }),
  async write(subject, options) {
    const { exportModule } = await import('./module-file.js');
    const { leafBits, prune, maxBytes, shrink } = options;
    return exportModule(subject, {
      loss: { prune, leafBits: leafBits === '8' ? 8 : leafBits === '16' ? 16 : 64 },
      maxBytes: maxBytes === 0 ? null : maxBytes,
      shrink,
    });
  },
});
