/**
 * Population stability index of two sets of counts over the same bins: sum of (p - q) ln(p / q). Each count is taken half larger
 * (Jeffreys), so an empty bin stays finite and weighs as little as the rows allow.
 * @throws TypeError when the bins differ in number
 */
export function populationStabilityIndex(reference: ArrayLike<number>, live: ArrayLike<number>): number {
  if (reference.length !== live.length) throw new TypeError(`${reference.length} bins against ${live.length}`);
  const bins = reference.length;
  const p = sum(reference) + bins / 2;
  const q = sum(live) + bins / 2;
  let psi = 0;
  for (let b = 0; b < bins; b++) {
    const pb = ((reference[b] as number) + 0.5) / p;
    const qb = ((live[b] as number) + 0.5) / q;
    psi += (qb - pb) * Math.log(qb / pb);
  }
  return psi;
}

/** z of the upper tail 0.001 of the standard normal. */
const Z_UPPER = 3.090232306167813;

/**
 * What PSI exceeds in one of a thousand windows without any drift: under no drift it is about (1/n + 1/m) chi-squared with one degree
 * of freedom less than there are filled bins (Yurdakul, 2018); the chi-squared quantile by Wilson and Hilferty (1931).
 */
export function psiNullQuantile(referenceRows: number, liveRows: number, bins: number): number {
  const freedom = Math.max(1, bins - 1);
  const step = 2 / (9 * freedom);
  const chiSquared = freedom * (1 - step + Z_UPPER * Math.sqrt(step)) ** 3;
  return (1 / referenceRows + 1 / liveRows) * chiSquared;
}

export function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let b = 0; b < counts.length; b++) total += counts[b] as number;
  return total;
}
