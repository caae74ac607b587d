import { fail } from '../base/error.js';
import type { Scalar } from '../frame/column.js';
import { addLatency, latencyHistogram, mergeLatencies } from '../stats/latency-histogram.js';
import { type Binner, binnerOf } from './bin-layout.js';
import { type ReferenceProfile, SCORE } from './reference-profile.js';

/** A profile made ready to count live rows against: what is watched of it, `positions` being the places among the features served. */
export interface CompiledProfile {
  readonly profile: ReferenceProfile;
  readonly names: readonly string[];
  readonly positions: readonly number[];
  readonly binners: readonly Binner[];
  readonly sizes: readonly number[];
}

/**
 * Only features of the profile that are watched, and the score, are counted.
 * @throws MW_MONITOR_PROFILES_DIFFER when a watched feature is not in the profile or not served
 */
export function compileProfile(
  profile: ReferenceProfile,
  served: readonly string[],
  watched: Iterable<string>,
): CompiledProfile {
  const names = [...new Set([SCORE, ...watched])];
  const bins = names.map((name) => profile.features[name]);
  const lacking = names.find((name, j) => !bins[j] || (name !== SCORE && !served.includes(name)));
  if (lacking !== undefined)
    fail('MW_MONITOR_PROFILES_DIFFER', {
      what: `The feature '${lacking}' is watched, and version ${profile.version} has no profile of it or does not serve it.`,
      where: { version: profile.version, feature: lacking },
    });
  return {
    profile,
    names,
    positions: names.map((name) => (name === SCORE ? -1 : served.indexOf(name))),
    binners: bins.map(binnerOf),
    sizes: bins.map(({ counts }) => counts.length),
  };
}

/** Counts of a span of live traffic; two of the same profile add up to the counts of both together. */
export class TrafficWindow {
  readonly compiled: CompiledProfile;
  readonly bins: readonly Float64Array[];
  readonly latencies = latencyHistogram();
  predictions = 0;
  rejected = 0;
  calls = 0;
  scoreSum = 0;

  constructor(compiled: CompiledProfile) {
    this.compiled = compiled;
    this.bins = compiled.sizes.map((size) => new Float64Array(size));
  }

  count(features: readonly Scalar[], score: number): void {
    const { positions, binners } = this.compiled;
    this.predictions++;
    this.scoreSum += score;
    for (let j = 0; j < positions.length; j++) {
      const position = positions[j];
      this.bins[j][binners[j](position < 0 ? score : features[position])]++;
    }
  }

  countCall(rejected: number, latency: number): void {
    this.calls++;
    this.rejected += rejected;
    addLatency(this.latencies, latency);
  }

  /** @throws MW_MONITOR_PROFILES_DIFFER when the other window was counted against another profile */
  add(other: TrafficWindow): void {
    if (other.compiled !== this.compiled)
      fail('MW_MONITOR_PROFILES_DIFFER', { what: 'Two windows were counted against different profiles.' });
    this.predictions += other.predictions;
    this.rejected += other.rejected;
    this.calls += other.calls;
    this.scoreSum += other.scoreSum;
    mergeLatencies(this.latencies, other.latencies);
    for (const [j, counts] of this.bins.entries()) addInto(counts, other.bins[j]);
  }

  /** Live counts of a feature or of 'score'; undefined when the profile has none. */
  countsOf(name: string): Float64Array | undefined {
    return this.bins[this.compiled.names.indexOf(name)];
  }
}

function addInto(target: Float64Array, source: Float64Array): void {
  for (let b = 0; b < target.length; b++) target[b] += source[b];
}
