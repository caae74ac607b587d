import { engineLog1pScript, engineLogScript } from '../../base/script/engine-log.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import { countIn, floatsIn, integersIn, numbersIn, textsIn } from '../plain-data.js';
import type { EncodingScript } from './encoding-script.js';

/** `TermCounter` of encodings/terms.ts: [how often each bucket occurs, in the order of the text, number of words]. */
const termsPart: ScriptPart = {
  name: 'terms',
  code: 'const terms=text=>{const t=text.toLowerCase(),counts=new Map;let words=0,h=0x811c9dc5,inside=!1,before=0;const add=z=>{z^=z>>>16;z=Math.imul(z,0x21f0aaad);z^=z>>>15;z&=1048575;counts.set(z,Math.min(65535,(counts.get(z)??0)+1))};for(let i=0;i<=t.length;i++){const c=i<t.length?t.charCodeAt(i):32;if(c<128?c>96&&c<123||c>47&&c<58||c===39:c>=192&&!(c>=8192&&c<=8303)&&c!==12288){h=Math.imul(h^c,0x01000193);inside=!0}else if(inside){add(h);if(words>0)add(Math.imul(before,31)^Math.imul(h,0x9e3779b1));before=h;words++;h=0x811c9dc5;inside=!1}}return[counts,words]};',
};

/** `put` of encodings/text-score.ts. `P`: place of each bucket, `W`: weights, `B`, `M`, `D`: bias, mean, deviation. */
const scorePart: ScriptPart = {
  name: 'textScore',
  needs: [termsPart, engineLogScript, engineLog1pScript],
  code: 'const textScore=(x,at,v,P,idf,W,B,M,D)=>{const[counts,words]=terms(v??""),n=W.length;let q=0;x.fill(0,at,at+n);for(const[b,c]of counts){const p=P.get(b);if(p===undefined)continue;const w=(1+ln(c))*idf[p];q+=w*w;for(let k=0;k<n;k++)x[at+k]+=w*W[k][p]}const r=q>0?Math.sqrt(q):1;for(let k=0;k<n;k++)x[at+k]=(x[at+k]/r+B[k]-M[k])/D[k];x[at+n]=(ln1p(words)-M[n])/D[n]};',
};

export const textScoreScript: EncodingScript = {
  encoding: 'textScore',
  reads: 'text',
  write(data, value, at, writer) {
    const terms = countIn(data, 'terms', 0, 1 << 30);
    const suffixes = textsIn(data, 'suffixes');
    const n = suffixes.length;
    const places = writer.constant(`new Map(Array.from(${writer.numbers(integersIn(data, 'buckets', terms))},(b,i)=>[b,i]))`);
    const weights = suffixes.map((_, k) => writer.numbers(floatsIn(data, `weights${k}`, terms)));
    const lists = [
      writer.numbers(floatsIn(data, 'idf', terms)),
      writer.constant(`[${weights.join()}]`),
      writer.numbers(numbersIn(data, 'bias', n)),
      writer.numbers(numbersIn(data, 'mean', n + 1)),
      writer.numbers(numbersIn(data, 'deviation', n + 1)),
    ];
    return `${writer.use(scorePart)}(x,${at},${value},${places},${lists.join()})`;
  },
};
