/** Most members of an ensemble. */
export const MOST_MEMBERS = 20;

/** The name of an ensemble: 'stack(gbdt,logistic)'. */
export function ensembleName(kind: string, members: readonly string[]): string {
  return `${kind}(${members.join(',')})`;
}

/** The parts of such a name; undefined for a name that is none. */
export function parseEnsembleName(name: string): { readonly kind: string; readonly members: readonly string[] } | undefined {
  const found = /^([a-zA-Z]+)\(([a-zA-Z]+(?:,[a-zA-Z]+)*)\)$/.exec(name.slice(0, 1000));
  return found ? { kind: found[1] as string, members: (found[2] as string).split(',') } : undefined;
}

/** What each member's parameters begin with: its name, with a number from the second of the same name on. */
export function memberPrefixes(members: readonly string[]): string[] {
  return members.map((name, i) => {
    const before = members.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name}${before + 1}`;
  });
}
