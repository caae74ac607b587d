import { numberLiteral } from '../../base/script/literal.js';
import { expScript, sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import { RbfModel } from '../rbf-svm/rbf-model.js';
import { scriptOf } from './model-script.js';

export const rbfSvmScript = scriptOf(RbfModel, ({ parts, task, inputs, outputs }, writer) => {
  const { gamma, points, coefficients, intercepts, slopes, offsets } = parts;
  const vectors = coefficients.length / outputs;
  writer.note(
    `The file holds ${vectors} training rows, the support vectors of the model: it is as large as they are, and whoever has the file can read them.`,
  );
  const columns = Array.from({ length: inputs }, (_, j) =>
    writer.numbers(Float64Array.from({ length: vectors }, (_row, v) => points[v * inputs + j])),
  );
  const p = writer.constant(`[${columns.join()}]`);
  const [c, b, a, f] = [coefficients, intercepts, slopes, offsets].map((list) => writer.numbers(list));
  const link = {
    binary: () => `;y[o]=${writer.use(sigmoidScript)}(y[o])`,
    multiclass: () => `;${writer.use(softmaxScript)}(y,o,${outputs})`,
    regression: () => '',
  }[task];
  return writer.constant(
    `(x,y,o)=>{const s=${writer.scratch(outputs)};s.set(${b});for(let v=0;v<${vectors};v++){let q=0;for(let j=0;j<${inputs};j++){const d=${p}[j][v]-x[j];q+=d*d}` +
      `const e=${writer.use(expScript)}(-${numberLiteral(gamma)}*q);for(let m=0;m<${outputs};m++)s[m]+=${c}[v*${outputs}+m]*e}` +
      `for(let k=0,t=0;k<${outputs};k++){let z=${f}[k];for(let m=0;m<${outputs};m++,t++)z+=${a}[t]*s[m];y[o+k]=z}${link()}}`,
  );
});
