import { fail } from '../base/error.js';
import type { Scalar } from '../frame/column.js';
import { addLatency, latencyHistogram, mergeLatencies } from '../stats/latency-histogram.js';
import { type Binner, binnerOf, type ReferenceProfile, SCORE } from './reference-profile.js';

/** A profile made ready to count live rows against; `positions` are the places of its features among the served ones. */
export interface CompiledProfile {
  readonly profile: ReferenceProfile;
  readonly names: readonly string[];
  readonly positions: readonly number[];
  readonly binners: readonly Binner[];
  readonly sizes: readonly number[];
}

/** @throws MW_MONITOR_PROFILES_DIFFER when a feature of the profile is not served */
export function compileProfile(profile: ReferenceProfile, served: readonly string[]): CompiledProfile {
  const names = Object.keys(profile.features);
  const bins = Object.values(profile.features);
  return {
    profile,
    names,
    positions: names.map((name) => {
      const position = name === SCORE ? -1 : served.indexOf(name);
      if (position < 0 && name !== SCORE)
        fail('MW_MONITOR_PROFILES_DIFFER', {
          what: `The profile of version ${profile.version} has the feature '${name}', which is not served.`,
          where: { version: profile.version, feature: name },
        });
      return position;
    }),
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
      const position = positions[j] as number;
      const bin = (binners[j] as Binner)(position < 0 ? score : (features[position] as Scalar));
      const counts = this.bins[j] as Float64Array;
      counts[bin] = (counts[bin] as number) + 1;
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
    for (const [j, counts] of this.bins.entries()) addInto(counts, other.bins[j] as Float64Array);
  }

  /** Live counts of a feature or of 'score'; undefined when the profile has none. */
  countsOf(name: string): Float64Array | undefined {
    return this.bins[this.compiled.names.indexOf(name)];
  }
}

function addInto(target: Float64Array, source: Float64Array): void {
  for (let b = 0; b < target.length; b++) target[b] = (target[b] as number) + (source[b] as number);
}
