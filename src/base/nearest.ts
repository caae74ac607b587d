/** The known name closest to a misspelt one (Damerau-Levenshtein, at most a third of its length off, rounded), or undefined. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let distance = Math.max(1, Math.round(name.length / 3)) + 1;
  for (const candidate of known) {
    // As many letters as one is longer must go: no closer name is missed, and a name of a million letters costs nothing.
    if (Math.abs(name.length - candidate.length) >= distance) continue;
    const d = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return best;
}

/** "Did you mean ...?" with a leading space when there is a near name, else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const close = nearest(name, known);
  return close === undefined ? '' : ` Did you mean '${close}'?`;
}

function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] as number) + 1
          : Number.POSITIVE_INFINITY;
      current[j] = Math.min(
        (previous[j] as number) + 1,
        (current[j - 1] as number) + 1,
        (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swap,
      );
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
