import type { ScriptPart } from '../../base/script/script-part.js';
import { logScript } from '../../kernels/math-script.js';

/** `logOdds`, `logShare` and `normalise` of calibration/shares.ts. */
export const logOddsPart: ScriptPart = {
  name: 'logOdds',
  needs: [logScript],
  code: 'const logOdds=p=>{const i=p<1e-12?1e-12:p>1-1e-12?1-1e-12:p;return log(i/(1-i))};',
};

export const logSharePart: ScriptPart = {
  name: 'logShare',
  needs: [logScript],
  code: 'const logShare=p=>log(p<1e-12?1e-12:p);',
};

export const normalisePart: ScriptPart = {
  name: 'normalise',
  code: 'const normalise=(y,o,n)=>{let s=0;for(let k=0;k<n;k++)s+=y[o+k];for(let k=0;k<n;k++)y[o+k]=s>0?y[o+k]/s:1/n};',
};
