import type { Clock } from '../base/clock.js';
import type { Watch } from '../base/progress.js';
import type { TrainPlan } from '../define/plan.js';
import type { TimePlan } from './time-plan.js';
import type { Proposal, Trial } from './trial.js';

/** Milliseconds between two reports of the same trial. */
const PAUSE = 200;

/** Tells how a search goes on: what runs, the best so far and the time left, and a line for each finished trial. */
export class SearchProgress {
  readonly #watch: Watch;
  readonly #clock: Clock;
  readonly #plan: TrainPlan;
  readonly #time: TimePlan;
  #done = 0;
  #told = Number.NEGATIVE_INFINITY;

  constructor(
    input: Watch & { readonly clock: Clock; readonly plan: TrainPlan; readonly finished: readonly Trial[] },
    time: TimePlan,
  ) {
    this.#watch = input;
    this.#clock = input.clock;
    this.#plan = input.plan;
    this.#time = time;
    this.#done = input.finished.length;
  }

  begin(number: number, proposal: Proposal, best: Trial | null): void {
    this.#told = Number.NEGATIVE_INFINITY;
    this.go(number, proposal, best);
  }

  go(number: number, { estimator }: Proposal, best: Trial | null): void {
    const now = this.#clock.now();
    if (now - this.#told < PAUSE) return;
    this.#told = now;
    this.#tell([`trial ${number} ${estimator}`, best && `best ${this.#scoreText(best)}`, this.#leftText(now)]);
  }

  finished(trial: Trial, best: Trial | null): void {
    this.#done = trial.number;
    const event = [
      `trial ${trial.number} of ${this.#plan.search.trials}: ${trial.estimator}${trial.share < 1 ? ` at ${trial.share}` : ''}`,
      trial.failure === undefined ? this.#scoreText(trial) : `failed: ${trial.failure}`,
      best && best !== trial ? `best ${this.#scoreText(best)} (trial ${best.number})` : best && 'best so far',
      `${trial.seconds.toFixed(1)} s`,
      this.#leftText(this.#clock.now()),
    ];
    this.#tell([best && `best ${this.#scoreText(best)}`], event.filter(Boolean).join(', '));
  }

  end(trials: number, best: Trial): void {
    this.#watch.onProgress?.({
      step: 'search',
      done: trials,
      total: trials,
      note: `best ${this.#scoreText(best)}, ${best.estimator}`,
    });
  }

  #tell(note: readonly (string | null)[], event?: string): void {
    this.#watch.onProgress?.({
      step: 'search',
      done: this.#done,
      total: this.#plan.search.trials,
      note: note.filter(Boolean).join(', '),
      ...(event === undefined ? {} : { event }),
    });
  }

  #scoreText({ score }: Trial): string {
    return `${this.#plan.search.by} ${score === null ? 'undefined' : Number(score.toPrecision(5))}`;
  }

  #leftText(now: number): string | null {
    const left = this.#time.left(now);
    return left === Number.POSITIVE_INFINITY ? null : `${Math.round(left / 1000)} s left`;
  }
}
