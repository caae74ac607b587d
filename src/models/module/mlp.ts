import { numberLiteral } from '../../base/script/literal.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import { sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import { MlpModel } from '../mlp/mlp-model.js';
import { scriptOf } from './model-script.js';

/** One layer: units `u` from the values `x` of the one before, whose negative units are off when `rectified`. */
const layerPart: ScriptPart = {
  name: 'layer',
  code: 'const layer=(x,n,W,B,u,rectified)=>{const c=u.length;for(let k=0;k<c;k++)u[k]=B[k];for(let j=0;j<n;j++){const v=x[j];if(v===0||rectified&&!(v>0))continue;for(let k=0,a=j*c;k<c;k++,a++)u[k]+=v*W[a]}return u};',
};

export const mlpScript = scriptOf(MlpModel, ({ parts, task, outputs }, writer) => {
  const { layers, scale, shift } = parts;
  const layer = writer.use(layerPart);
  const units = layers.reduce(
    (from, { inputs, weights, biases }, l) =>
      `${layer}(${from},${inputs},${writer.numbers(weights)},${writer.numbers(biases)},${writer.scratch(biases.length)},${l > 0 ? 1 : 0})`,
    'x',
  );
  const link = {
    binary: () => `y[o]=${writer.use(sigmoidScript)}(y[o])`,
    multiclass: () => `${writer.use(softmaxScript)}(y,o,${outputs})`,
    regression: () => `y[o]=y[o]*${numberLiteral(scale)}+${numberLiteral(shift)}`,
  }[task];
  return writer.constant(`(x,y,o)=>{const u=${units};for(let k=0;k<${outputs};k++)y[o+k]=u[k];${link()}}`);
});
