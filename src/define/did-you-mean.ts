/** Edits (insert, delete, replace, swap neighbours) from one text to another: the optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] as number;
}

/** The name nearest to a misspelt one, when one is near enough to be meant. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const far = Math.max(1, Math.round(given.length / 2.5));
  let nearest: string | undefined;
  let distance = far + 1;
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase());
    if (edits < distance) [nearest, distance] = [name, edits];
  }
  return nearest;
}

/** The remedy for an unknown name: the nearest spelling, and what there is. */
export function spellingFix(given: string, names: readonly string[], listed: string): string {
  const near = nearestName(given, names);
  const shown = names.length > 24 ? `${names.slice(0, 24).join(', ')}, and ${names.length - 24} more` : names.join(', ');
  return `${near === undefined ? '' : `Did you mean '${near}'? `}${listed}: ${shown || 'none'}.`;
}
