import { array, assert, asyncProperty, boolean, constantFrom, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryEventLog } from '../../bench/serving/memory-event-log.js';
import { tinyDeployment } from '../../bench/serving/tiny-system.js';
import { SimulatedClock } from '../base/clock.js';
import type { LabelRow, Outcome } from './ground-truth.js';
import { ModelService } from './model-service.js';

const row = (entity: string, at: number) => ({ entity, at, x: 0.5, y: null });

function serviceOver(events: MemoryEventLog, clock: SimulatedClock, writer: string): ModelService {
  return new ModelService({
    deployment: tinyDeployment('binary'),
    clock,
    timer: () => performance.now(),
    events,
    writer,
    labelKey: ['entity'],
    groundTruth: { horizon: '40ms', capacity: 12, waiting: 6 },
  });
}

/** Counts the records that are read. */
class CountingLog extends MemoryEventLog {
  seen = 0;

  override async *read(topic: string, from?: number): AsyncIterable<{ readonly offset: number; readonly record: Uint8Array }> {
    for await (const found of super.read(topic, from)) {
      this.seen++;
      yield found;
    }
  }
}

/** One house goes on, the other is restarted now and then: what happens is told to both. */
class House {
  readonly events = new CountingLog();
  readonly #clock: SimulatedClock;
  readonly outcomes: string[] = [];
  /** Ids in order of prediction: they differ from house to house. */
  readonly ids: string[] = [];
  service: ModelService;
  #starts = 0;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
    this.service = serviceOver(this.events, clock, 'w0');
    this.#listen();
  }

  #listen(): void {
    this.service.listen({
      onOutcomes: (joined: readonly Outcome[]) => {
        for (const { id, label } of joined) this.outcomes.push(`${this.ids.indexOf(id)}:${label}`);
      },
    });
  }

  predict(rows: readonly unknown[]): void {
    for (const { id } of this.service.predict(rows)) this.ids.push(id);
  }

  label(label: LabelRow): Promise<Outcome[]> {
    return this.service.label([label], false);
  }

  /** Ends with a checkpoint or without one, and starts again; what it hears once more is not told again. */
  async restart(orderly: boolean): Promise<void> {
    if (orderly) await this.service.close();
    else await this.service.flush();
    this.service = serviceOver(this.events, this.#clock, `w${++this.#starts}`);
    await this.service.restore();
    this.#listen();
  }
}

const event = oneof(
  record({ kind: constantFrom('predict' as const), entity: integer({ min: 0, max: 3 }), rows: integer({ min: 1, max: 3 }) }),
  record({
    kind: constantFrom('label' as const),
    of: integer({ min: 0, max: 30 }),
    byKey: boolean(),
    value: boolean(),
    delay: integer({ min: -5, max: 60 }),
  }),
  record({ kind: constantFrom('wait' as const), ms: integer({ min: 1, max: 25 }) }),
  record({ kind: constantFrom('restart' as const), orderly: boolean() }),
);

test('a restart changes neither what counts as joined nor what a label may still join', async () => {
  await assert(
    asyncProperty(array(event, { minLength: 10, maxLength: 60 }), async (events) => {
      const clock = new SimulatedClock(1_000_000);
      const [steady, restarted] = [new House(clock), new House(clock)] as const;
      let checkpointed = true;
      for (const each of events) {
        const now = clock.now();
        if (each.kind === 'wait') clock.advanceTo(now + each.ms);
        else if (each.kind === 'predict')
          for (const house of [steady, restarted])
            house.predict(Array.from({ length: each.rows }, () => row(`e${each.entity}`, Math.floor(now / 10))));
        else if (each.kind === 'label') {
          const known = { label: each.value ? 'yes' : 'no', availableAt: now + each.delay };
          for (const house of [steady, restarted])
            await house.label(
              each.byKey
                ? { ...known, key: [`e${each.of % 4}`], at: Math.floor(now / 10) - (each.of % 3) }
                : { ...known, id: house.ids.at(-1 - (each.of % 8)) ?? 'none' },
            );
        } else {
          checkpointed &&= each.orderly;
          await restarted.restart(each.orderly);
        }
        for (const house of [steady, restarted]) house.service.settle();
      }
      expect(restarted.outcomes).toEqual(steady.outcomes);
      const { waiting: w1, ...a } = restarted.service.counts.truth;
      const { waiting: w2, ...b } = steady.service.counts.truth;
      // Without a checkpoint the counts begin with what can still be joined.
      if (checkpointed) expect({ ...a, waiting: w1 }).toEqual({ ...b, waiting: w2 });
      else expect([a.pending, w1]).toEqual([b.pending, w2]);
      // What may still be joined is the same, whichever prediction a label names.
      const later = { label: 'yes', availableAt: clock.now() };
      for (const house of [steady, restarted]) for (const id of house.ids) await house.label({ ...later, id });
      clock.advanceTo(clock.now() + 100);
      for (const house of [steady, restarted]) house.service.settle();
      expect(restarted.outcomes).toEqual(steady.outcomes);
      for (const house of [steady, restarted]) await house.service.close();
    }),
    { numRuns: 60 },
  );
});

test('a label that came before its prediction stays unmatched, before and after a restart', async () => {
  const clock = new SimulatedClock(1_000_000);
  const house = new House(clock);
  await house.label({ key: ['e1'], at: 5, label: 'yes', availableAt: 999_990 });
  house.predict([row('e1', 5)]);
  expect(house.service.counts.truth).toMatchObject({ joined: 0, pending: 1, unmatched: 1 });
  await house.restart(false);
  expect(house.service.counts.truth).toMatchObject({ joined: 0, pending: 1, unmatched: 1 });
  await house.label({ key: ['e1'], at: 5, label: 'no', availableAt: 1_000_000 });
  expect(house.service.counts.truth).toMatchObject({ joined: 1, pending: 0, unmatched: 1 });
});

test('what is older than the horizon is not read again, and stays in the counts', async () => {
  const clock = new SimulatedClock(1_000_000);
  const house = new House(clock);
  const PREDICTIONS = 400;
  for (let i = 0; i < PREDICTIONS; i++) {
    clock.advanceTo(clock.now() + 90_000);
    house.predict([row(`e${i}`, i)]);
    if (i % 2 === 0) await house.label({ id: house.ids.at(-1) as string, label: 'yes', availableAt: clock.now() });
    await house.service.flush();
  }
  await house.service.close();
  clock.advanceTo(clock.now() + 90_000);
  house.events.seen = 0;
  await house.restart(false);
  // Two logs are bisected, and of each some records at the end are looked at.
  expect(house.events.seen).toBeLessThan(4 * Math.log2(PREDICTIONS));
  const half = PREDICTIONS / 2;
  expect(house.service.counts.truth).toMatchObject({ predictions: PREDICTIONS, joined: half, expired: half, labels: half });
});
