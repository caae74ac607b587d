/** The time, as passed in to everything that needs it: epoch milliseconds, UTC. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = Object.freeze({ now: () => Date.now() });

/** A clock that stands still until it is set: replays and tests run on it. */
export class SimulatedClock implements Clock {
  #now: number;

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Moves to a moment; going back is ignored, so late messages cannot turn time around. */
  advanceTo(moment: number): void {
    if (moment > this.#now) this.#now = moment;
  }
}
