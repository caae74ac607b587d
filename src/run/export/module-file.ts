import { gzipSync } from 'node:zlib';
import { fail } from '../../base/error.js';
import { packageVersion } from '../../base/package-version.js';
import { type WrittenModule, writeModule } from '../../deploy/module/write-module.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import { scriptPredictor } from '../../pipeline/module/compile-script.js';
import type { ExportedFile, ExportSubject } from './format.js';
import { chooseLoss } from './module-budget.js';
import { lossText, type MeasuredLoss, measureLoss } from './module-loss.js';

export interface ModuleOptions {
  readonly loss: ScriptLoss;
  /** Null for any size. */
  readonly maxBytes: number | null;
  /** Whether more than `loss` may be given up for `maxBytes`. */
  readonly shrink: boolean;
}

/**
 * A version as an ES module of at most some size.
 * @throws MW_OPTION_INVALID, MW_EXCHANGE_UNSUPPORTED, MW_EXCHANGE_TOO_LARGE, MW_EXCHANGE_UNMEASURED
 */
export async function exportModule(
  subject: ExportSubject,
  { loss: wanted, maxBytes, shrink }: ModuleOptions,
): Promise<ExportedFile> {
  if (shrink && maxBytes === null)
    fail('MW_OPTION_INVALID', {
      what: 'There is no size to shrink the module to.',
      where: { option: 'shrink' },
      fix: 'Add --max-bytes.',
    });
  const write = (loss: ScriptLoss) => moduleOf(subject, loss);
  const loss = maxBytes === null ? wanted : await chooseLoss(subject, wanted, { maxBytes, shrink }, write);
  const written = write(loss);
  if (isLossy(wanted) && !written.hasTrees)
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: `A model of '${subject.version.estimator}' has no trees, so there are no leaves to prune or to round.`,
      where: { estimator: subject.version.estimator },
      fix: 'Export it without --prune and --leaf-bits.',
    });
  const measured: MeasuredLoss | null = isLossy(loss) ? await measureLoss(subject, loss) : null;
  const gzip = gzipSync(written.code).length;
  return {
    content: written.code,
    inputs: written.inputs.map(({ name }) => name),
    notes: [...written.notes, ...(measured === null ? [] : [lossText(measured)]), `With gzip it has ${gzip} bytes.`],
    beside: { '.d.ts': written.types },
    figures: { gzip, givenUp: measured },
    predict: scriptPredictor(subject.pipeline, loss),
  };
}

export const isLossy = ({ prune, leafBits }: ScriptLoss): boolean => prune > 0 || leafBits < 64;

export function moduleOf(
  { version, plan, pipeline }: Pick<ExportSubject, 'version' | 'plan' | 'pipeline'>,
  loss: ScriptLoss,
): WrittenModule {
  return writeModule({
    plan,
    pipeline,
    about: {
      model: version.model,
      version: version.version,
      hash: version.hash,
      pipeline: version.pipeline,
      metrics: version.metrics,
    },
    writtenBy: packageVersion(),
    loss,
  });
}
