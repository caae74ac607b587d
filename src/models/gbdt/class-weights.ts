import type { TrainingData } from '../estimator.js';

/** Factors that give each class the same share of the total weight; 1 for a class without rows. */
export function balancedFactors({ target, weight }: TrainingData, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    sums[target[i]] += w;
    total += w;
  }
  const present = sums.reduce((count, sum) => count + (sum > 0 ? 1 : 0), 0);
  return sums.map((sum) => (sum > 0 ? total / (present * sum) : 1));
}

/** The rows with each weight multiplied by the factor of its class. */
export function reweighted(data: TrainingData, factors: Float64Array): TrainingData {
  const { target, weight } = data;
  return { ...data, weight: Float64Array.from(target, (y, i) => factors[y] * (weight ? weight[i] : 1)) };
}
