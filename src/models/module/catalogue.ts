import { fail } from '../../base/error.js';
import type { ScriptWriter } from '../../base/script/script-writer.js';
import type { Model } from '../estimator.js';
import { bayesScript } from './bayes.js';
import { calibratedScript } from './calibrated.js';
import { constantScript } from './constant.js';
import { ensembleScript } from './ensemble.js';
import { forestScript } from './forest.js';
import { importedForestScript } from './imported-forest.js';
import { linearScript } from './linear.js';
import { mlpScript } from './mlp.js';
import type { ModelScript, ScriptLoss } from './model-script.js';
import { neighboursScript } from './neighbours.js';
import { rbfSvmScript } from './rbf-svm.js';

/** Every family of models that can be written as script. */
export const MODEL_SCRIPTS: readonly ModelScript[] = [
  constantScript,
  linearScript,
  forestScript,
  importedForestScript,
  bayesScript,
  neighboursScript,
  mlpScript,
  rbfSvmScript,
  ensembleScript,
  calibratedScript,
];

/** The name of a function `(x, y, o)` of the script that predicts as a model does. @throws MW_EXCHANGE_UNSUPPORTED */
export function writeModelScript(model: Model, writer: ScriptWriter, loss: ScriptLoss): string {
  for (const { write } of MODEL_SCRIPTS) {
    const name = write(model, writer, loss, (inner) => writeModelScript(inner, writer, loss));
    if (name !== null) return name;
  }
  return fail('MW_EXCHANGE_UNSUPPORTED', {
    what: `A model of '${model.estimator}' cannot be written as a module yet.`,
    where: { estimator: model.estimator },
    fix: 'Serve it with Millwright, or export a version of another estimator.',
  });
}
