import { numberLiteral } from '../../base/script/literal.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import { expScript, sigmoidScript, softmaxScript, softplusScript } from '../../kernels/math-script.js';
import { ImportedForestModel } from '../exchange/imported-forest.js';
import { CATEGORICAL, type ImportedForest, ZERO } from '../exchange/imported-trees.js';
import type { Grove } from './grove.js';
import { scriptOf } from './model-script.js';
import { writeTrees } from './tree-list.js';

/** `leafOf` of exchange/imported-forest.ts for the kind [feature, rule] of a node; `B` and `A` are the bytes of the sets and where each begins. */
const goesLeft: ScriptPart = {
  name: 'goesLeft',
  code: `const goesLeft=([j,b],w,x,B,A)=>{const has=v=>{if(!(v>-1))return!1;const c=Math.trunc(v);return c<8*(A[w+1]-A[w])&&(B[A[w]+Math.floor(c/8)]>>(c&7)&1)===1};let v=x[j];if(b&16)return v!==v?b&2:b&1?!has(Math.fround(v)):b&32&&w<0?!1:Math.fround(v)<w;if(b&1)return has(v);const m=b&12,e=${numberLiteral(ZERO)};if(v!==v&&m!==8)v=0;return m===8&&v!==v||m===4&&v>=-e&&v<=e?b&2:b&32?w>0||v===-1/0:v<=w};`,
};

export const importedForestScript = scriptOf(ImportedForestModel, ({ parts, link }, writer, loss) => {
  const { forest, start, divisor, steepness, sums } = parts;
  const { feature, rule, value, output } = forest;
  if (loss.prune > 0 && forest.cover.length === 0)
    writer.note(
      'The counts of training rows are not in this imported model: leaves were pruned as if rows parted evenly at each split.',
    );
  const list = writeTrees(
    groveOf(forest),
    {
      kind: (node) => feature[node] * 256 + rule[node],
      value: (node) => value[node],
      inSets: (kind) => (kind & CATEGORICAL) !== 0,
    },
    loss,
    writer,
  );
  const { bytes, begins } = setBytes(forest);
  const kinds = writer.constant(`[${list.kinds.map((kind) => `[${kind >> 8},${kind & 255}]`).join()}]`);
  const n = start.length;
  const each = (code: string) => `;for(let k=o;k<o+${n};k++)${code}`;
  const links: Readonly<Record<typeof link, () => string>> = {
    identity: () => '',
    softmax: () => `;${writer.use(softmaxScript)}(y,o,${n})`,
    sigmoid: () => each(`y[k]=${writer.use(sigmoidScript)}(${numberLiteral(steepness)}*y[k])`),
    sigmoids: () => links.sigmoid(),
    exp: () => each(`y[k]=${writer.use(expScript)}(y[k])`),
    signedSquare: () => each('y[k]*=Math.abs(y[k])'),
    softplus: () => each(`y[k]=${writer.use(softplusScript)}(y[k])`),
    step: () => each('y[k]=y[k]>0?1:0'),
  };
  return writer.constant(
    `(x,y,o)=>{const r=${list.roots},V=${list.values},R=${list.right},c=${list.codes},s=${writer.numbers(start)},to=${writer.numbers(output)};for(let k=0;k<${n};k++)y[o+k]=s[k];` +
      `for(let t=0;t<r.length;t++){let i=r[t];while(R[i])i=${writer.use(goesLeft)}(${kinds}[c[i]-1],V[i],x,${writer.numbers(bytes)},${writer.numbers(begins)})?i+1:R[i];const k=o+to[t];y[k]=${sums === 'float32' ? 'Math.fround(y[k]+V[i])' : 'y[k]+V[i]'}}` +
      `${divisor === 1 ? '' : each(`y[k]/=${numberLiteral(divisor)}`)}${links[link]()}}`,
  );
});

/** Where the file does not tell how many rows reached each node, half of a split's go each way. */
function groveOf({ roots, feature, left, value, cover }: ImportedForest): Grove {
  const weight = cover.length > 0 ? cover : new Float64Array(feature.length);
  if (cover.length === 0) {
    for (let t = 0; t + 1 < roots.length; t++) weight[roots[t]] = 1;
    feature.forEach((j, node) => {
      if (j >= 0) weight[left[node]] = weight[left[node] + 1] = weight[node] / 2;
    });
  }
  return {
    roots,
    isLeaf: (node) => feature[node] < 0,
    left: (node) => left[node],
    value: (node) => value[node],
    weight: (node) => weight[node],
  };
}

/** Sets as bytes without zeros at their ends, and the place where each begins. */
function setBytes({ setStart, sets }: ImportedForest): { bytes: number[]; begins: number[] } {
  const bytes: number[] = [];
  const begins = [0];
  for (let set = 0; set + 1 < setStart.length; set++) {
    const own: number[] = [];
    for (let word = setStart[set]; word < setStart[set + 1]; word++)
      for (let b = 0; b < 4; b++) own.push((sets[word] >>> (8 * b)) & 255);
    while (own.at(-1) === 0) own.pop();
    for (const byte of own) bytes.push(byte);
    begins.push(bytes.length);
  }
  return { bytes, begins };
}
