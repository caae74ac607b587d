import { fail } from '../../base/error.js';
import { numberLiteral } from '../../base/script/literal.js';
import type { ScriptWriter } from '../../base/script/script-writer.js';
import { Mean } from '../ensemble/average.js';
import { EnsembleModel } from '../ensemble/ensemble-model.js';
import { Stacked } from '../ensemble/stack.js';
import { Votes } from '../ensemble/vote.js';
import type { Model } from '../estimator.js';
import { scriptOf, type WriteModel } from './model-script.js';
import { logOddsPart, logSharePart } from './shares.js';

/** Members read their part of the row, write side by side, and are combined. */
export const ensembleScript = scriptOf(EnsembleModel, (model, writer, _loss, write) => {
  const { members, outputs } = model;
  const values = writer.scratch(members.length * outputs);
  const each = members.map(
    ({ model: member, first }, m) =>
      `${write(member)}(x.subarray(${first},${first + member.inputs}),${values},${m * outputs});`,
  );
  return writer.constant(`(x,y,o)=>{${each.join('')}const v=${values};${combined(model, writer, write)}}`);
});

/** Statements that make outputs of the values `v` of all members. */
function combined({ combiner, members, outputs, estimator }: EnsembleModel, writer: ScriptWriter, write: WriteModel): string {
  const n = members.length;
  if (combiner instanceof Mean)
    return `for(let k=0;k<${outputs};k++){let s=0;for(let m=0;m<${n};m++)s+=v[m*${outputs}+k];y[o+k]=s/${n}}`;
  if (combiner instanceof Votes) {
    const one =
      outputs === 1
        ? `y[o]+=v[m]>.5?${numberLiteral(1 / n)}:v[m]===.5?${numberLiteral(0.5 / n)}:0`
        : `let b=0;for(let k=1;k<${outputs};k++)if(v[m*${outputs}+k]>v[m*${outputs}+b])b=k;y[o+b]+=${numberLiteral(1 / n)}`;
    return `y.fill(0,o,o+${outputs});for(let m=0;m<${n};m++){${one}}for(let k=0;k<${outputs};k++)if(y[o+k]>1)y[o+k]=1`;
  }
  if (combiner instanceof Stacked) return stacked(combiner.model, combiner.task, writer, write);
  return fail('MW_EXCHANGE_UNSUPPORTED', {
    what: `The way in which '${estimator}' combines its members cannot be written as a module yet.`,
    where: { estimator },
  });
}

function stacked(judge: Model, task: Model['task'], writer: ScriptWriter, write: WriteModel): string {
  const row = writer.scratch(judge.inputs);
  const score = task === 'regression' ? '' : writer.use(task === 'binary' ? logOddsPart : logSharePart);
  return `for(let j=0;j<${judge.inputs};j++)${row}[j]=${score}(v[j]);${write(judge)}(${row},y,o)`;
}
