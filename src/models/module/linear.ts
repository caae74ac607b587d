import { sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import { LinearModel } from '../linear/linear-model.js';
import { scriptOf } from './model-script.js';

export const linearScript = scriptOf(LinearModel, ({ task, inputs, outputs, weights }, writer) => {
  const w = writer.numbers(weights);
  const link =
    task === 'binary'
      ? `;y[o]=${writer.use(sigmoidScript)}(y[o])`
      : task === 'multiclass'
        ? `;${writer.use(softmaxScript)}(y,o,${outputs})`
        : '';
  return writer.constant(
    `(x,y,o)=>{for(let k=0,a=0;k<${outputs};k++){let s=${w}[${inputs * outputs}+k];for(let j=0;j<${inputs};j++,a++)s+=${w}[a]*x[j];y[o+k]=s}${link}}`,
  );
});
