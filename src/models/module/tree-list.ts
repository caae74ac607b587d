import type { ScriptPart } from '../../base/script/script-part.js';
import type { ScriptWriter } from '../../base/script/script-writer.js';
import { type Grove, preorderOf } from './grove.js';
import { leafValues } from './leaf-values.js';
import type { ScriptLoss } from './model-script.js';
import { pruneGrove } from './prune-grove.js';

/** What a split does: its kind (feature, what is done with missing values) and its threshold or number of a set. */
export interface SplitReader {
  /** A number that stands for the kind of the split at a node. */
  kind(node: number): number;
  value(node: number): number;
  /** True when the values of a kind are numbers of sets, which are written as they are. */
  inSets(kind: number): boolean;
}

/** Names of constants of the script: root and kinds are told by node, values are those of splits and leaves. */
export interface TreeList {
  readonly roots: string;
  readonly values: string;
  /** Right child of a split, whose left child is the next node; 0 of a leaf. */
  readonly right: string;
  /** Place of each node's kind in `kinds`, plus one; 0 of a leaf. */
  readonly codes: string;
  readonly kinds: readonly number[];
}

/** Whether a script has trees, so that there are leaves to prune and to round. */
export const hasTrees = (writer: ScriptWriter): boolean => writer.has(treesPart.name);

/** `c`: 0 for a leaf, else a kind of split and its table in `T`; `I`: places in these, in order; `L`: leaves, in order. */
const treesPart: ScriptPart = {
  name: 'trees',
  code: 'const trees=(c,T,I,L)=>{const n=c.length,R=new Int32Array(n),V=new Float64Array(n),r=[],k=[];let s=0,l=0,e=1;for(let i=0;i<n;i++){if(e){r.push(i);e=0}if(c[i]){const t=T[c[i]-1],p=I[s++];V[i]=t?t[p]:p;k.push(i)}else{V[i]=L[l++];if(k.length)R[k.pop()]=i+1;else e=1}}return[r,V,R]};',
};

/**
 * Writes trees as lists: one number a node for its kind, the thresholds of each feature once with a place in them a split, and the
 * leaves. The script makes the nodes of them when it is loaded.
 */
export function writeTrees(grove: Grove, splits: SplitReader, loss: ScriptLoss, writer: ScriptWriter): TreeList {
  const preorder = preorderOf(grove, pruneGrove(grove, loss.prune));
  const kinds: number[] = [];
  const codeOf = new Map<number, number>();
  const tables = new Map<number, number[]>();
  const inner = Array.from(preorder.nodes).filter((_, place) => preorder.leaf[place] === 0);
  for (const node of inner) {
    const kind = splits.kind(node);
    if (!codeOf.has(kind)) codeOf.set(kind, kinds.push(kind));
    const table = tables.get(kind) ?? [];
    tables.set(kind, table);
    table.push(splits.value(node));
  }
  const places = new Map<number, Map<number, number>>();
  const names = kinds.map((kind) => {
    if (splits.inSets(kind)) return '0';
    const distinct = [...new Set(tables.get(kind))].sort((a, b) => a - b);
    places.set(kind, new Map(distinct.map((value, i) => [value, i])));
    return writer.numbers(distinct);
  });
  const codes = writer.numbers(
    Array.from(preorder.nodes, (node, i) => (preorder.leaf[i] === 1 ? 0 : (codeOf.get(splits.kind(node)) ?? 0))),
  );
  const at = inner.map((node) => places.get(splits.kind(node))?.get(splits.value(node)) ?? splits.value(node));
  const made = writer.constant(
    `${writer.use(treesPart)}(${codes},[${names.join()}],${writer.numbers(at)},${leafValues(preorder, loss.leafBits, writer)})`,
  );
  return { roots: `${made}[0]`, values: `${made}[1]`, right: `${made}[2]`, codes, kinds };
}
