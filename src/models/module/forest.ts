import { fail } from '../../base/error.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import { expScript, sigmoidScript, softmaxScript } from '../../kernels/math-script.js';
import type { Forest } from '../trees/forest.js';
import { ForestModel, type Link } from '../trees/forest-model.js';
import type { Grove } from './grove.js';
import { scriptOf } from './model-script.js';
import { writeTrees } from './tree-list.js';

/** `spreadRow` of trees/forest.ts, for the numeric features `N` and the categorical ones `C`: [feature, bin of each code, rare bin]. */
const spreadPart: ScriptPart = {
  name: 'spread',
  code: 'const spread=(N,C,x,z)=>{const m=Number.MAX_VALUE;for(const j of N){const v=x[j];if(v!==v){z[2*j]=-1/0;z[2*j+1]=1/0}else z[2*j]=z[2*j+1]=v>m?m:v<-m?-m:v}for(const[j,b,h]of C){const v=x[j];z[2*j]=v>=0&&v<b.length?b[Math.trunc(v)]:v!==v?h+1:h}};',
};

/** Adds the leaves that a spread row reaches; `K` is the slot of each node, `B` the sets, `W` bytes each. */
const walkPart: ScriptPart = {
  name: 'walk',
  code: 'const walk=(r,V,R,K,B,W,z,n,y,o)=>{for(let t=0,k=0;t<r.length;t++){let i=r[t];while(R[i]){const s=K[i];if(s>=0)i=z[s]>V[i]?R[i]:i+1;else{const b=z[-2*(s+1)];i=B[V[i]*W+(b>>3)]>>(b&7)&1?i+1:R[i]}}y[o+k]+=V[i];if(++k===n)k=0}};',
};

const sharesPart: ScriptPart = {
  name: 'shares',
  code: 'const shares=(y,o,n)=>{let s=0;for(let k=0;k<n;k++)s+=y[o+k]=Math.min(1,Math.max(0,y[o+k]));if(n>1)for(let k=0;k<n;k++)y[o+k]=s>0?y[o+k]/s:1/n};',
};

export const forestScript = scriptOf(ForestModel, ({ forest, link, start, estimator }, writer, loss) => {
  const { sets, bytes, width } = setBytes(forest);
  const list = writeTrees(
    groveOf(forest),
    {
      kind: (node) => forest.slot[node],
      value: (node) => (forest.slot[node] < 0 ? (sets.get(forest.threshold[node]) ?? 0) : forest.threshold[node]),
      inSets: (kind) => kind < 0,
    },
    loss,
    writer,
  );
  const used = new Set(list.kinds.map((slot) => (slot < 0 ? -1 - slot : slot >> 1)));
  const numeric = [...used].filter((j) => forest.features[j] === null).sort((a, b) => a - b);
  const categorical = [...used]
    .sort((a, b) => a - b)
    .flatMap((j) => {
      const categories = forest.features[j];
      return categories ? [`[${j},${writer.numbers(categories.binOf)},${categories.other}]`] : [];
    });
  const slots = writer.constant(`Int32Array.from(${list.codes},c=>c?${writer.numbers(list.kinds)}[c-1]:0)`);
  const row = writer.scratch(2 * forest.features.length);
  const n = start.length;
  return writer.constant(
    `(x,y,o)=>{${writer.use(spreadPart)}(${writer.numbers(numeric)},[${categorical.join()}],x,${row});const s=${writer.numbers(start)};for(let k=0;k<${n};k++)y[o+k]=s[k];` +
      `${writer.use(walkPart)}(${list.roots},${list.values},${list.right},${slots},${writer.numbers(bytes)},${width},${row},${n},y,o)${linkOf(link)}}`,
  );

  function linkOf(of: Link): string {
    switch (of) {
      case 'identity':
        return '';
      case 'sigmoid':
        return `;y[o]=${writer.use(sigmoidScript)}(y[o])`;
      case 'softmax':
        return `;${writer.use(softmaxScript)}(y,o,${n})`;
      case 'exp':
        return `;y[o]=${writer.use(expScript)}(y[o])`;
      case 'shares':
        return `;${writer.use(sharesPart)}(y,o,${n})`;
      default:
        return fail('MW_EXCHANGE_UNSUPPORTED', {
          what: `A module cannot be written yet of trees whose sums become outputs by '${String(of)}'.`,
          where: { estimator },
        });
    }
  }
});

const groveOf = ({ roots, left, value, cover }: Forest): Grove => ({
  roots,
  isLeaf: (node) => left[node] === node,
  left: (node) => left[node],
  value: (node) => value[node],
  weight: (node) => cover[node],
});

/** Each different set once, as bytes, as many as the feature of the most bins needs; `sets` gives the number of a set there. */
function setBytes({ features, sets: words }: Forest) {
  const bins = features.reduce((most, categories) => Math.max(most, categories ? categories.other + 2 : 0), 0);
  const width = Math.ceil(bins / 8);
  const sets = new Map<number, number>();
  const seen = new Map<string, number>();
  const bytes: number[] = [];
  for (let set = 0; set * 8 < words.length; set++) {
    const own = Array.from({ length: width }, (_, b) => (words[set * 8 + (b >> 2)] >>> (8 * (b & 3))) & 255);
    const key = own.join();
    const known = seen.get(key) ?? bytes.length / width;
    if (!seen.has(key)) {
      seen.set(key, known);
      bytes.push(...own);
    }
    sets.set(set, known);
  }
  return { sets, bytes, width };
}
