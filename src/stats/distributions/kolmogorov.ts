/** P(K > x) of the limiting Kolmogorov distribution. */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k < 40; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k < 40; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/**
 * P(D >= d) of the two-sample statistic for n and m untied values, exactly: the share of lattice paths that leave the band (Hodges,
 * 1957), computed as a probability step by step. Takes n x m steps.
 */
export function twoSampleSurvival(d: number, n: number, m: number): number {
  const band = (Math.floor(d * n * m + 1e-7) - 0.5) / (n * m);
  const inside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) inside[j] = j / m > band ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    const weight = i / (i + m);
    inside[0] = i / n > band ? 0 : weight * inside[0];
    for (let j = 1; j <= m; j++) inside[j] = Math.abs(i / n - j / m) > band ? 0 : weight * inside[j] + inside[j - 1];
  }
  return Math.min(1, Math.max(0, 1 - inside[m]));
}
