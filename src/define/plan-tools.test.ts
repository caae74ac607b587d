import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import churn from '../../test/types/churn.system.js';
import flights from '../../test/types/flights.system.js';
import { checkPlan } from './check-plan.js';
import { describePlan } from './describe-plan.js';
import { describeChanges, diffPlans } from './diff-plans.js';
import { layeredLayout, type Size } from './layered-layout.js';
import type { SystemPlan } from './plan.js';
import { planGraph } from './plan-graph.js';
import { toMermaid } from './to-mermaid.js';
import { toSvg } from './to-svg.js';

/** A copy whose parts can be written. */
type Open<T> = T extends object ? { -readonly [K in keyof T]: Open<T[K]> } : T;
const copy = (plan: SystemPlan) => structuredClone(plan) as Open<SystemPlan>;

describe('describePlan', () => {
  test('names every part of the plan', () => {
    for (const { plan } of [flights, churn]) {
      const text = describePlan(plan);
      for (const name of [
        plan.name,
        ...Object.keys(plan.sources),
        ...Object.values(plan.sources).flatMap(({ contract }) => Object.keys(contract.columns)),
        ...plan.views.flatMap(({ aggregates }) => aggregates.map((aggregate) => aggregate.name)),
        ...plan.features.map((feature) => feature.name),
        ...plan.train.candidates.map(({ estimator }) => estimator),
        ...Object.keys(plan.watch),
      ])
        expect(text).toContain(name);
    }
  });

  test('writes expressions as formulas and spans as people do', () => {
    const text = describePlan(flights.plan);
    expect(text).toContain('time: date, known at date + (((distance / 8) + delay) * 60000)');
    expect(text).toContain('originTrend: number = origin_lateRate_3h - origin_lateRate_28d');
    expect(text).toContain('departures: count over 1h, 24h');
    expect(text).toContain('Label: delay >= 15 of flights, positive is true');
    expect(text).toContain('train 2001-01-29, choose 2001-03-15, test 2001-04-01 to 2001-05-01, gap 1d, up to 200000 rows');
    expect(text).toContain('logistic  l2 0.001..100 (log)');
    expect(text).toContain('Retrained on lateDrift, aucDrop, at most every 7d, after 3d in shadow');
  });
});

describe('diffPlans', () => {
  test('finds nothing between a plan and its copy', () => {
    expect(diffPlans(flights.plan, checkPlan(copy(flights.plan)))).toEqual([]);
    expect(describeChanges([])).toBe('The plans are the same.\n');
  });

  test('names what was added, removed and changed, by name and not by place', () => {
    const after = copy(flights.plan);
    after.features = after.features.filter(({ name }) => name !== 'weekday');
    after.sources.flights!.contract.columns.carrier = { kind: 'column', type: 'string', categories: null, nullable: true };
    after.label.expression = {
      kind: 'call',
      op: 'gte',
      args: [
        { kind: 'column', name: 'delay' },
        { kind: 'literal', type: 'number', value: 30 },
      ],
    };
    after.train.search.trials = 20;
    const changes = diffPlans(flights.plan, checkPlan(after));
    expect(changes).toEqual([
      {
        kind: 'added',
        path: 'sources.flights.contract.columns.carrier',
        before: null,
        after: expect.stringContaining('string') as string,
      },
      { kind: 'removed', path: 'features.weekday', before: expect.stringContaining('weekdayOf') as string, after: null },
      { kind: 'changed', path: 'label.expression', before: 'delay >= 15', after: 'delay >= 30' },
      { kind: 'changed', path: 'train.search.trials', before: '8', after: '20' },
    ]);
    expect(describeChanges(changes)).toContain('~ label.expression: delay >= 15 -> delay >= 30\n');
  });

  test('tells another order of the features', () => {
    const after = copy(flights.plan);
    after.features.reverse();
    const [change, ...more] = diffPlans(flights.plan, checkPlan(after));
    expect(more).toEqual([]);
    expect(change).toMatchObject({ kind: 'changed', path: 'features' });
    expect(change?.before).toMatch(/^distance, hour/);
  });
});

describe('the graph', () => {
  test('leads from sources to retraining and back to the model', () => {
    const { nodes, edges } = planGraph(flights.plan);
    expect(nodes.map(({ id }) => id)).toEqual([
      'source:flights',
      'request',
      'view:origin',
      'view:destination',
      'view:route',
      'view:inbound',
      'view:network',
      'features',
      'label',
      'model',
      'gates',
      'serve',
      'watch',
      'retrain',
    ]);
    expect(edges.filter(({ back }) => back)).toEqual([{ from: 'retrain', to: 'model', back: true }]);
    const ids = new Set(nodes.map(({ id }) => id));
    for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    const reached = new Set(['source:flights']);
    for (const _ of nodes) for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
    expect([...ids].filter((id) => !reached.has(id))).toEqual(['request']);
  });

  test('is smaller for a smaller system', () => {
    const small = copy(churn.plan);
    Object.assign(small, { accept: [], watch: {}, retrain: null });
    const { nodes, edges } = planGraph(checkPlan(small));
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'source',
      'source',
      'request',
      'view',
      'features',
      'label',
      'model',
      'serve',
    ]);
    expect(edges).toContainEqual({ from: 'model', to: 'serve', back: false });
  });

  test('is a Mermaid flowchart in which no text can break out of its node', () => {
    const hostile = copy(flights.plan);
    hostile.name = 'a"]; click n0 "x" <script>';
    const text = toMermaid(planGraph(checkPlan(hostile)));
    expect(text.split('\n')[0]).toBe('flowchart LR');
    const node = text.split('\n').filter((line) => /^ {2}n\d+\[/.test(line));
    expect(node).toHaveLength(14);
    for (const line of node) {
      expect(line).toMatch(/^ {2}n\d+\["[^"]*"\]:::[a-z]+$/);
      expect(line).not.toContain('<script');
    }
    expect(text.match(/ --> /g)).toHaveLength(18);
    expect(text.match(/ -\.-> /g)).toHaveLength(1);
  });

  test('is an SVG with a box a node, a path an edge, and escaped text', () => {
    const hostile = copy(flights.plan);
    hostile.name = '</text><script>alert("x")</script>\u0001';
    const graph = planGraph(checkPlan(hostile));
    const svg = toSvg(graph, hostile.name);
    expect(svg.match(/<g>/g)).toHaveLength(graph.nodes.length);
    expect(svg.match(/<path class="edge/g)).toHaveLength(graph.edges.length);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0001');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the layout', () => {
  test('never overlaps boxes, keeps them inside, and lets edges run to the right', () => {
    const sizes = fc.array(fc.record({ width: fc.integer({ min: 10, max: 300 }), height: fc.integer({ min: 10, max: 200 }) }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(sizes, fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 20 }), (drawn: readonly Size[], pairs) => {
        const n = drawn.length;
        const all = new Map(drawn.map((size, i) => [String(i), size]));
        const edges = pairs
          .map(([a, b]) => [Math.min(a % n, b % n), Math.max(a % n, b % n)] as const)
          .filter(([a, b]) => a !== b)
          .map(([a, b]) => ({ from: String(a), to: String(b), back: false }));
        const { boxes, routes, width, height } = layeredLayout(all, edges);
        expect(boxes.size).toBe(n);
        const placed = [...boxes.values()];
        placed.forEach((a, i) => {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width + 1e-9 && a.y + a.height <= height + 1e-9).toBe(true);
          for (const b of placed.slice(i + 1))
            expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
        });
        edges.forEach(({ from, to }, i) => {
          const route = routes[i]!;
          expect(route[0]?.x).toBe(boxes.get(from)!.x + boxes.get(from)!.width);
          expect(route.at(-1)?.x).toBe(boxes.get(to)!.x);
          for (let k = 1; k < route.length; k++) expect(route[k]!.x).toBeGreaterThanOrEqual(route[k - 1]!.x);
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
