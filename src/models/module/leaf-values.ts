import type { ScriptWriter } from '../../base/script/script-writer.js';
import type { Preorder } from './grove.js';
import type { ScriptLoss } from './model-script.js';

/** A list of the leaves' values in order: as they are, or whole steps from the least value of their tree. */
export function leafValues({ values, leaves }: Preorder, bits: ScriptLoss['leafBits'], writer: ScriptWriter): string {
  if (bits === 64) return writer.numbers(values);
  const most = 2 ** bits - 1;
  const low = new Float64Array(leaves.length);
  const step = new Float64Array(leaves.length);
  const steps = new Float64Array(values.length);
  for (let t = 0, at = 0; t < leaves.length; at += leaves[t], t++) {
    const own = values.subarray(at, at + leaves[t]);
    const least = own.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    low[t] = Math.fround(least);
    step[t] = Math.fround((own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least) / most);
    own.forEach((value, i) => {
      steps[at + i] = step[t] > 0 ? Math.min(most, Math.max(0, Math.round((value - low[t]) / step[t]))) : 0;
    });
  }
  const rounded = writer.use({
    name: 'rounded',
    code: 'const rounded=(q,n,low,step)=>{let t=0,left=n[0];return q.map(i=>{while(!left)left=n[++t];left--;return low[t]+i*step[t]})};',
  });
  const lists = [steps, leaves, low, step].map((list) => writer.numbers(list));
  return writer.constant(`${rounded}(Float64Array.from(${lists[0]}),${lists.slice(1).join()})`);
}
