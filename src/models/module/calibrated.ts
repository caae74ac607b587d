import { numberLiteral } from '../../base/script/literal.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import type { ScriptWriter } from '../../base/script/script-writer.js';
import { sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import { CalibratedModel } from '../calibration/calibrated-model.js';
import type { Calibration } from '../calibration/calibration.js';
import { scriptOf } from './model-script.js';
import { logOddsPart, logSharePart, normalisePart } from './shares.js';

/** `along` of calibration/isotonic.ts. */
const alongPart: ScriptPart = {
  name: 'along',
  code: 'const along=(f,t,x)=>{const e=f.length-1;if(e<0)return x;if(!(x>f[0]))return t[0];if(x>=f[e])return t[e];let l=0,h=e;while(h-l>1){const m=l+h>>1;if(f[m]<=x)l=m;else h=m}return t[l]+(t[h]-t[l])*(x-f[l])/(f[h]-f[l])};',
};

export const calibratedScript = scriptOf(CalibratedModel, ({ inner, calibration, outputs }, writer, _loss, write) => {
  const predict = write(inner);
  return writer.constant(`(x,y,o)=>{${predict}(x,y,o);${mapped(calibration, outputs, writer)}}`);
});

/** Statements that map the outputs of a row. */
function mapped(calibration: Calibration, n: number, writer: ScriptWriter): string {
  const whole = n > 1 ? `;${writer.use(normalisePart)}(y,o,${n})` : '';
  switch (calibration.kind) {
    case 'platt': {
      const [slopes, offsets] = [calibration.slopes, calibration.offsets].map((list) => writer.numbers(list));
      return `for(let k=0;k<${n};k++)y[o+k]=${writer.use(sigmoidScript)}(${slopes}[k]*${writer.use(logOddsPart)}(y[o+k])+${offsets}[k])${whole}`;
    }
    case 'isotonic': {
      const curves = calibration.curves.map(({ from, to }) => `[${writer.numbers(from)},${writer.numbers(to)}]`);
      const list = writer.constant(`[${curves.join()}]`);
      return `for(let k=0;k<${n};k++)y[o+k]=${writer.use(alongPart)}(${list}[k][0],${list}[k][1],y[o+k])${whole}`;
    }
    case 'temperature': {
      const t = numberLiteral(calibration.temperature);
      if (n === 1) return `y[o]=${writer.use(sigmoidScript)}(${writer.use(logOddsPart)}(y[o])/${t})`;
      return `for(let k=0;k<${n};k++)y[o+k]=${writer.use(logSharePart)}(y[o+k])/${t};${writer.use(softmaxScript)}(y,o,${n})`;
    }
  }
}
