/** Half a cosine wave from 1 at 0 to 0 at 1, by its series: Math.cos may differ between engines. Within 1e-9. */
export function cosine(share: number): number {
  const x = Math.PI * (share - 0.5);
  const square = x * x;
  let term = x;
  let sine = x;
  for (let k = 2; k <= 14; k += 2) {
    term *= -square / (k * (k + 1));
    sine += term;
  }
  return 0.5 * (1 - sine);
}
