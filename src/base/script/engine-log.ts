import type { ScriptPart } from './script-part.js';

/**
 * `Math.log` and `Math.log1p` as V8 computes them, after fdlibm (Sun Microsystems, 1993), as script: what the server computes with these
 * comes out the same in every engine. A test holds them against the engine that it runs in.
 */
const words: ScriptPart = {
  name: 'withHi',
  code: 'const W=new DataView(new ArrayBuffer(8)),hi=x=>{W.setFloat64(0,x);return W.getInt32(0)},withHi=(x,h)=>{W.setFloat64(0,x);W.setInt32(0,h);return W.getFloat64(0)};',
};

const terms: ScriptPart = {
  name: 'LH',
  code: 'const LH=6.9314718036912381649e-1,LL=1.90821492927058770002e-10;const R1=6.66666666666673513e-1,R2=3.999999999940941908e-1,R3=2.857142874366239149e-1,R4=2.222219843214978396e-1,R5=1.818357216161805012e-1,R6=1.531383769920937332e-1,R7=1.479819860511658591e-1;',
};

export const engineLogScript: ScriptPart = {
  name: 'ln',
  needs: [words, terms],
  code: 'const ln=x=>{if(!(x>0))return x===0?-1/0:NaN;if(x===1/0)return x;let k=0,v=x;if(v<2.2250738585072014e-308){k=-54;v*=18014398509481984}let h=hi(v);k+=(h>>20)-1023;h&=1048575;const i=h+614244&1048576;v=withHi(v,h|i^1072693248);k+=i>>20;const f=v-1;if((1048575&2+h)<3){if(f===0)return k===0?0:k*LH+k*LL;const r=f*f*(.5-.33333333333333333*f);return k===0?f-r:k*LH-(r-k*LL-f)}const s=f/(2+f),z=s*s,w=z*z,r=z*(R1+w*(R3+w*(R5+w*R7)))+w*(R2+w*(R4+w*R6));if((h-398458|440401-h)>0){const q=.5*f*f;return k===0?f-(q-s*(q+r)):k*LH-(q-(s*(q+r)+k*LL)-f)}return k===0?f-s*(f-r):k*LH-(s*(f-r)-k*LL-f)};',
};

export const engineLog1pScript: ScriptPart = {
  name: 'ln1p',
  needs: [words, terms],
  code: 'const ln1p=x=>{const g=hi(x);if(x!==x||-1>x)return NaN;if(x===-1)return-1/0;if(x===1/0)return x;let k=1,f=0,c=0,h=1;if(g<1071284858){if((g&2147483647)<1042284544)return(g&2147483647)<1016070144?x:x-x*x*.5;if(g>0||g<=-1076707644){k=0;f=x}}if(k!==0){let u=x;if(g<1128267776){u=1+x;h=hi(u);k=(h>>20)-1023;c=(k>0?1-(u-x):x-(u-1))/u}else{h=hi(u);k=(h>>20)-1023}h&=1048575;if(h<434334)u=withHi(u,h|1072693248);else{k++;u=withHi(u,h|1071644672);h=1048576-h>>2}f=u-1}const q=.5*f*f;if(h===0){if(f===0)return k===0?0:k*LH+(c+k*LL);const r=q*(1-.66666666666666666*f);return k===0?f-r:k*LH-(r-(k*LL+c)-f)}const s=f/(2+f),z=s*s,r=z*(R1+z*(R2+z*(R3+z*(R4+z*(R5+z*(R6+z*R7))))));return k===0?f-(q-s*(q+r)):k*LH-(q-(s*(q+r)+(k*LL+c))-f)};',
};
