/**
 * The largest p that still counts when at most `rate` of the findings may be false (Benjamini and Hochberg, 1995); -1 when none does.
 * A p of NaN is no test and is not counted among them.
 */
export function discoveryBound(ps: readonly number[], rate = 0.05): number {
  const sorted = ps.filter((p) => !Number.isNaN(p)).sort((a, b) => a - b);
  let bound = -1;
  sorted.forEach((p, i) => {
    if (p <= (rate * (i + 1)) / sorted.length) bound = p;
  });
  return bound;
}
