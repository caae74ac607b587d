import type { ScriptPart } from '../base/script/script-part.js';

/** The elementary functions of `math.ts` as script, operation for operation: a test holds them to the same bits. */

const powers: ScriptPart = {
  name: 'powers',
  code: 'const powers=new Float64Array(2046);for(let k=0,p=2.2250738585072014e-308;k<2046;k++,p*=2)powers[k]=p;',
};

export const expScript: ScriptPart = {
  name: 'exp',
  needs: [powers],
  code: 'const exp=x=>{if(x!==x)return x;if(x>709.782712893384)return 1/0;if(x<-745.1332191019411)return 0;const k=Math.floor(x*1.442695040888963387+.5),h=x-k*6.9314718036912381649e-1,l=k*1.90821492927058770002e-10,r=h-l,t=r*r,c=r-t*(1.66666666666666019037e-1+t*(-2.77777777770155933842e-3+t*(6.61375632143793436117e-5+t*(-1.6533902205465251539e-6+t*4.13813679705723846039e-8)))),y=1-(l-r*c/(2-c)-h);return k>1023?y*2*powers[2045]:k>-1023?y*powers[k+1022]:y*powers[k+1076]*5.551115123125783e-17};',
};

export const logScript: ScriptPart = {
  name: 'log',
  code: 'const word=new DataView(new ArrayBuffer(8)),log=x=>{if(!(x>0))return x===0?-1/0:NaN;if(x===1/0)return x;let k=0,v=x;if(v<2.2250738585072014e-308){v*=18014398509481984;k=-54}word.setFloat64(0,v);const u=word.getUint32(0);k+=(u>>>20)-1023;word.setUint32(0,u&1048575|1072693248);let m=word.getFloat64(0);if(m>1.4142135623730951){m*=.5;k++}const f=m-1,s=f/(2+f),z=s*s,w=z*z,a=w*(3.999999999940941908e-1+w*(2.222219843214978396e-1+w*1.531383769920937332e-1)),b=z*(6.66666666666673513e-1+w*(2.857142874366239149e-1+w*(1.818357216161805012e-1+w*1.479819860511658591e-1))),h=.5*f*f;return k*6.9314718036912381649e-1-(h-(s*(h+a+b)+k*1.90821492927058770002e-10)-f)};',
};

export const sigmoidScript: ScriptPart = { name: 'sigmoid', needs: [expScript], code: 'const sigmoid=x=>1/(1+exp(-x));' };

export const softplusScript: ScriptPart = {
  name: 'softplus',
  needs: [expScript, logScript],
  code: 'const softplus=x=>x>0?x+log(1+exp(-x)):log(1+exp(x));',
};

/** Scores to probabilities, in place; as in `models/softmax.ts`. */
export const softmaxScript: ScriptPart = {
  name: 'softmax',
  needs: [expScript],
  code: 'const softmax=(y,o,n)=>{let m=-1/0,s=0;for(let k=0;k<n;k++)m=Math.max(m,y[o+k]);for(let k=0;k<n;k++)s+=y[o+k]=exp(y[o+k]-m);for(let k=0;k<n;k++)y[o+k]/=s};',
};
