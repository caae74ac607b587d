import { ConstantModel } from '../constant/estimator.js';
import { scriptOf } from './model-script.js';

export const constantScript = scriptOf(ConstantModel, ({ values }, writer) => {
  const list = writer.numbers(values);
  return writer.constant(`(x,y,o)=>{for(let k=0;k<${values.length};k++)y[o+k]=${list}[k]}`);
});
