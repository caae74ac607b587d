import { fail } from '../../../base/error.js';
import type { TrainingData } from '../../estimator.js';
import type { Objective } from '../objective.js';
import { gainOf, log2, MOST_GRADE, meanNdcg, type Queries, queriesOf, ranked, wrongOf } from './ranking.js';

/**
 * LambdaRank (Burges 2010) on NDCG: pairs of rows of one query, at least one of them among the first `truncation` places, weighed by
 * what their swap would change; the weights fall with the distance of the scores and are evened out over queries, as LightGBM does.
 * Grades are whole numbers from 0 to 30; the validation loss is 1 - NDCG among the first `truncation` places.
 */
export function lambdarankObjective(truncation: number): Objective {
  const seen = new WeakMap<TrainingData, Queries>();
  const queries = (data: TrainingData): Queries => {
    const found = seen.get(data) ?? queriesOf(data, truncation);
    seen.set(data, found);
    return found;
  };
  return {
    outputs: 1,
    link: 'identity',
    check: checkRanking,
    start: () => new Float64Array(1),
    gradients(scores, data, _output, pairs) {
      const known = queries(data);
      const { begin, best } = known;
      const lambdas = new Float64Array(scores.length);
      const curves = new Float64Array(scores.length);
      for (let q = 0; q < best.length; q++) {
        const factor = addPairs(scores, data.target, known, q, truncation, lambdas, curves);
        const w = factor * (data.weight ? data.weight[begin[q]] : 1);
        for (let row = begin[q]; row < begin[q + 1]; row++) {
          lambdas[row] *= w;
          curves[row] *= w;
        }
      }
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < scores.length; i++) {
        pairs[2 * i] = lambdas[i];
        pairs[2 * i + 1] = curves[i];
        gradient = Math.max(gradient, Math.abs(pairs[2 * i]));
        hessian = Math.max(hessian, pairs[2 * i + 1]);
      }
      return { gradient, hessian };
    },
    meanLoss: (scores, data) => 1 - meanNdcg(scores, data, queries(data), truncation),
  };
}

/** Adds the gradients and hessians of a query's pairs; returns the factor that evens the query out. */
function addPairs(
  scores: Float64Array,
  grades: Float64Array,
  { begin, best, discounts }: Queries,
  query: number,
  truncation: number,
  lambdas: Float64Array,
  curves: Float64Array,
): number {
  if (best[query] === 0) return 1;
  const order = ranked(scores, begin[query], begin[query + 1]);
  const spread = scores[order[0]] !== scores[order[order.length - 1]];
  let sum = 0;
  for (let i = 0; i < Math.min(truncation, order.length - 1); i++)
    for (let j = i + 1; j < order.length; j++) {
      if (grades[order[i]] === grades[order[j]]) continue;
      const [high, low] = grades[order[i]] > grades[order[j]] ? [order[i], order[j]] : [order[j], order[i]];
      const ahead = scores[high] - scores[low];
      let swap = ((gainOf(grades[high]) - gainOf(grades[low])) * Math.abs(discounts[i] - discounts[j])) / best[query];
      if (spread) swap /= 0.01 + Math.abs(ahead);
      const wrong = wrongOf(ahead);
      lambdas[high] -= swap * wrong;
      lambdas[low] += swap * wrong;
      const curve = swap * wrong * (1 - wrong);
      curves[high] += curve;
      curves[low] += curve;
      sum += 2 * swap * wrong;
    }
  return sum > 0 ? log2(1 + sum) / sum : 1;
}

function checkRanking({ group, target, weight }: TrainingData): void {
  if (!group)
    fail('MW_MODEL_OBJECTIVE', {
      what: "The objective 'lambdarank' orders the rows of each query, and the rows came without groups.",
      fix: 'Pass the number of rows of each query as `group`.',
    });
  const odd = target.findIndex((grade) => !(Number.isInteger(grade) && grade >= 0 && grade <= MOST_GRADE));
  if (odd >= 0)
    fail('MW_MODEL_DATA', {
      what: `The target ${target[odd]} of row ${odd} is not a grade: 'lambdarank' takes whole numbers from 0 to ${MOST_GRADE}.`,
      where: { objective: 'lambdarank', row: odd },
    });
  if (!weight) return;
  for (let q = 0, row = 0; q < group.length; row += group[q++])
    for (let i = row + 1; i < row + group[q]; i++)
      if (weight[i] !== weight[row])
        fail('MW_MODEL_DATA', {
          what: `Rows ${row} and ${i} of one query have the weights ${weight[row]} and ${weight[i]}; a query has one weight.`,
          where: { objective: 'lambdarank', row: i },
        });
}
