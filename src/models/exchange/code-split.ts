import type { Forest } from '../trees/forest.js';

/** Where a categorical split sends what. */
export interface CodeSplit {
  /** 1 for each code that goes left. */
  readonly left: Uint8Array;
  /** Where codes beyond these go, and missing values. */
  readonly otherLeft: boolean;
  readonly missingLeft: boolean;
}

/** @param categories number of codes of the feature @param node a categorical split */
export function codeSplit({ features, slot, threshold, sets }: Forest, node: number, categories: number): CodeSplit {
  const { binOf, other } = features[-1 - slot[node]] ?? { binOf: new Uint8Array(0), other: 0 };
  const goesLeft = (bin: number): boolean => ((sets[threshold[node] * 8 + (bin >> 5)] >>> (bin & 31)) & 1) === 1;
  const otherLeft = goesLeft(other);
  const left = Uint8Array.from({ length: Math.max(categories, binOf.length) }, (_, code) =>
    Number(code < binOf.length ? goesLeft(binOf[code]) : otherLeft),
  );
  return { left, otherLeft, missingLeft: goesLeft(other + 1) };
}
