import { columnFrom } from '../../frame/column.js';
import { frame } from '../../frame/frame.js';
import type { MatrixFeature } from '../../models/estimator.js';
import type { Encoder } from '../../pipeline/pipeline.js';

/** Names and numbers of categories of what an encoder gives, told by a table without rows. */
export function encodedFeatures(encoder: Encoder): readonly MatrixFeature[] {
  const empty = encoder.inputs.map(({ name, type }) => [
    name,
    columnFrom(type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string', []),
  ]);
  return encoder.encode(frame(Object.fromEntries(empty), 0)).features;
}
