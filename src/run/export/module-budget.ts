import { fail } from '../../base/error.js';
import type { WrittenModule } from '../../deploy/module/write-module.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import type { ExportSubject } from './format.js';
import { givenUp, measureLoss } from './module-loss.js';

/** Steps in which the share to prune is looked for: 1/256 of the leaves. */
const STEPS = 256;

/**
 * What to give up so that a module has at most some size: nothing more than was asked for when that fits. Otherwise, when it may shrink,
 * of the ways that fit the one whose outputs differ least (mean square) on rows: each number of bits of the leaves with the least
 * pruning that fits.
 * @throws MW_EXCHANGE_TOO_LARGE with the sizes of the ways that there are, MW_EXCHANGE_UNMEASURED
 */
export async function chooseLoss(
  subject: ExportSubject,
  wanted: ScriptLoss,
  { maxBytes, shrink }: { readonly maxBytes: number; readonly shrink: boolean },
  write: (loss: ScriptLoss) => WrittenModule,
): Promise<ScriptLoss> {
  const sizeOf = (loss: ScriptLoss): number => Buffer.byteLength(write(loss).code);
  const { code, hasTrees } = write(wanted);
  const size = Buffer.byteLength(code);
  if (size <= maxBytes) return wanted;
  if (!hasTrees)
    fail('MW_EXCHANGE_TOO_LARGE', {
      what: `The module has ${size} bytes, the budget is ${maxBytes}. It has no trees, so there are no leaves to prune or to round.`,
      fix: 'Raise --max-bytes, or train on fewer features, levels or rows.',
    });
  const ways = ([64, 16, 8] as const)
    .filter((leafBits) => leafBits <= wanted.leafBits)
    .flatMap((leafBits) => {
      const loss = leastPruning({ ...wanted, leafBits }, maxBytes, sizeOf);
      return loss === null ? [] : [loss];
    });
  if (ways.length === 0) {
    const smallest = sizeOf({ prune: 1, leafBits: 8 });
    fail('MW_EXCHANGE_TOO_LARGE', {
      what: `The module has ${size} bytes, the budget is ${maxBytes}; without any trees it would have ${smallest}.`,
      fix: 'Raise --max-bytes, or train on fewer features or categories.',
    });
  }
  if (!shrink) {
    const told = ways.map((loss) => `${givenUp(loss)} (${sizeOf(loss)} bytes)`).join(', or ');
    fail('MW_EXCHANGE_TOO_LARGE', {
      what: `The module has ${size} bytes, the budget is ${maxBytes}. It would fit with ${told}.`,
      fix: 'Add --shrink to have the least lossy of these chosen and its loss measured, name one with --leaf-bits and --prune, or raise --max-bytes.',
    });
  }
  const measured = await Promise.all(ways.map(async (loss) => ({ loss, ...(await measureLoss(subject, loss)) })));
  return measured.reduce((best, way) => (way.rms < best.rms ? way : best)).loss;
}

/** The least share to prune so that a module fits; null when none does. */
function leastPruning(from: ScriptLoss, maxBytes: number, sizeOf: (loss: ScriptLoss) => number): ScriptLoss | null {
  const at = (step: number): ScriptLoss => ({ ...from, prune: Math.max(from.prune, step / STEPS) });
  if (sizeOf(from) <= maxBytes) return from;
  if (sizeOf(at(STEPS)) > maxBytes) return null;
  let low = 0;
  let high = STEPS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sizeOf(at(middle)) <= maxBytes) high = middle;
    else low = middle;
  }
  return at(high);
}
