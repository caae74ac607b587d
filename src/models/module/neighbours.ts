import type { ScriptPart } from '../../base/script/script-part.js';
import { NeighboursModel } from '../neighbours/neighbours-model.js';
import { scriptOf } from './model-script.js';

/** `reach` of neighbours/nearest.ts. */
const reachPart: ScriptPart = {
  name: 'reach',
  code: 'const reach=(d,w,q,wanted)=>{let l=0,h=q.length,n=wanted,far=0;while(l<h){const u=d[q[l]],v=d[q[l+h>>1]],t=d[q[h-1]],p=Math.max(Math.min(u,v),Math.min(Math.max(u,v),t));let b=l,a=h,near=0,same=0;for(let k=l;k<a;){const r=q[k];if(d[r]<p){near+=w[r];q[k++]=q[b];q[b++]=r}else if(d[r]>p){q[k]=q[--a];q[a]=r}else{same+=w[r];k++}}far=Math.max(far,p);if(b>l&&n<=near)h=b;else if(n<=near+same)return p;else{n-=near+same;l=a}}return far};',
};

export const neighboursScript = scriptOf(NeighboursModel, ({ parts, inputs, outputs }, writer) => {
  const { points, target, weight, neighbours, byDistance } = parts;
  const rows = target.length;
  writer.note(
    `The file holds ${rows} training rows, since the model is its neighbours: it is as large as they are, and whoever has the file can read them.`,
  );
  const columns = Array.from({ length: inputs }, (_, j) =>
    writer.numbers(Float64Array.from({ length: rows }, (_row, i) => points[i * inputs + j])),
  );
  const p = writer.constant(`[${columns.join()}]`);
  const t = writer.numbers(target);
  const w = writer.numbers(weight);
  const reach = writer.use(reachPart);
  const vote = outputs > 1 ? `y[o+${t}[i]]+=v` : `y[o]+=v*${t}[i]`;
  const touch = byDistance ? 't&&z>0' : '!1';
  const nearer = byDistance ? '(t?1:r/z)' : '1';
  return writer.constant(
    `(x,y,o)=>{const n=${rows},d=new Float64Array(n),q=new Uint32Array(n);let a=0,b=0,t=!1,s=0;` +
      `for(let i=0;i<n;i++){let e=0;for(let j=0;j<${inputs};j++){const c=${p}[j][i]-x[j];e+=c*c}d[i]=Math.min(Number.MAX_VALUE,Math.sqrt(e));q[i]=i}` +
      `const r=${reach}(d,${w},q,${neighbours});for(let i=0;i<n;i++){if(d[i]<r)a+=${w}[i];else if(d[i]===r)b+=${w}[i];if(d[i]===0)t=!0}` +
      `const h=Math.max(0,Math.min(1,(${neighbours}-a)/b));for(let k=0;k<${outputs};k++)y[o+k]=0;` +
      `for(let i=0;i<n;i++){const z=d[i];if(z>r||${touch})continue;const v=${w}[i]*(z===r?h:1)*${nearer};s+=v;${vote}}` +
      `for(let k=0;k<${outputs};k++)y[o+k]/=s}`,
  );
});
