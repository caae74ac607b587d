import { sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import { BayesModel } from '../bayes/bayes-model.js';
import { scriptOf } from './model-script.js';

/** Evidence is a list [means, variances, offsets] of a normal feature or [log likelihoods] of categories, in the order of the inputs. */
export const bayesScript = scriptOf(BayesModel, ({ parts: { priors, evidence }, outputs }, writer) => {
  const classes = priors.length;
  const start = writer.numbers(priors);
  const said = writer.constant(
    `[${evidence
      .map((one) =>
        one.kind === 'normal'
          ? `[${[one.means, one.variances, one.offsets].map((list) => writer.numbers(list)).join()}]`
          : `[${writer.numbers(one.logs)}]`,
      )
      .join()}]`,
  );
  const scores = writer.scratch(classes);
  const result =
    outputs === 1
      ? `y[o]=${writer.use(sigmoidScript)}(s[1]-s[0])`
      : `for(let k=0;k<${classes};k++)y[o+k]=s[k];${writer.use(softmaxScript)}(y,o,${classes})`;
  return writer.constant(
    `(x,y,o)=>{const s=${scores};s.set(${start});for(let j=0;j<${evidence.length};j++){const v=x[j],[a,b,c]=${said}[j];if(v-v!==0)continue;` +
      `if(b){for(let k=0;k<${classes};k++){const d=v-a[k];if(b[k]!==0)s[k]+=c[k]-Math.min(1e100,.5*d*d/b[k])}}` +
      `else if(Number.isInteger(v)&&v>=0&&(v+1)*${classes}<=a.length)for(let k=0;k<${classes};k++)s[k]+=a[v*${classes}+k]}${result}}`,
  );
});
