import { latencyQuantile } from '../stats/latency-histogram.js';
import { type Judgement, MINIMUM_CALLS, MINIMUM_ROWS, short, Z } from './signal-result.js';
import type { TrafficWindow } from './traffic-window.js';

export function judgeLatency(name: string, bound: number, traffic: TrafficWindow): Judgement {
  const rows = traffic.calls;
  const figure = latencyQuantile(traffic.latencies, 0.99);
  if (rows < MINIMUM_CALLS || figure === null) {
    const sentence = `Insufficient data to judge latency: ${rows} calls, ${MINIMUM_CALLS} are needed.`;
    return { name, state: 'insufficient', figure: null, bound, rows, sentence };
  }
  const fired = figure > bound;
  const sentence = `p99 of ${rows} calls is ${short(figure)} ms, ${fired ? 'above' : 'within'} the bound of ${short(bound)} ms.`;
  return { name, state: fired ? 'fired' : 'quiet', figure, bound, rows, sentence };
}

/** Share of rejected rows; fires when it is above the bound and so is the lower end of its one-sided 95 % interval (Wilson). */
export function judgeErrors(name: string, bound: number, traffic: TrafficWindow): Judgement {
  const rows = traffic.predictions + traffic.rejected;
  if (rows < MINIMUM_ROWS) {
    const sentence = `Insufficient data to judge errors: ${rows} rows, ${MINIMUM_ROWS} are needed.`;
    return { name, state: 'insufficient', figure: null, bound, rows, sentence };
  }
  const figure = traffic.rejected / rows;
  const told = `${traffic.rejected} of ${rows} rows were rejected (${short(figure * 100)} %)`;
  if (figure <= bound) {
    const sentence = `${told}, within the bound of ${short(bound * 100)} %.`;
    return { name, state: 'quiet', figure, bound, rows, sentence };
  }
  const square = Z * Z;
  const centre = figure + square / (2 * rows);
  const spread = Z * Math.sqrt((figure * (1 - figure)) / rows + square / (4 * rows * rows));
  const certain = (centre - spread) / (1 + square / rows) > bound;
  const sentence = certain
    ? `${told}, above the bound of ${short(bound * 100)} %.`
    : `Insufficient data: ${told}, above the bound of ${short(bound * 100)} % by no more than chance.`;
  return { name, state: certain ? 'fired' : 'insufficient', figure, bound, rows, sentence };
}
