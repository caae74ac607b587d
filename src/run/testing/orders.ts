import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { random } from '../../base/random.js';
import {
  col,
  combine,
  csv,
  features,
  gbdt,
  hours,
  labelFrom,
  logistic,
  requestFrom,
  source,
  system,
} from '../../define/language.js';
import type { SystemPlan } from '../../define/plan.js';
import { openWorkspace, type Workspace } from '../workspace.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHOPS = 30;

/** First moment of the orders, and the moment from which they follow other rules. */
export const FIRST = Date.UTC(2024, 0, 1);
export const DRIFT = Date.UTC(2024, 3, 1);

export interface Order {
  readonly id: string;
  readonly at: number;
  readonly shop: string;
  readonly distance: number;
  /** Hours until it is known whether the order was late. */
  readonly hours: number;
  readonly late: boolean;
}

/**
 * Orders of four months by shop. A shop is overrun for some days at a time, which nothing but its own late rate shows. From `DRIFT` on other
 * shops are overrun, far more often, and it is the near orders that are late instead of the far ones.
 */
export function makeOrders(perDay: number, days = 121, seed = 11): Order[] {
  const source = random(seed);
  const shops = Array.from({ length: SHOPS }, (_, shop) => ({ draws: source.fork(shop), overrun: false, until: 0 }));
  const orders: Order[] = [];
  for (let i = 0; i < perDay * days; i++) {
    const at = FIRST + Math.floor((i / perDay) * DAY) + source.below(60_000);
    const drifted = at >= DRIFT;
    const index = source.below(SHOPS);
    const shop = shops[index] as (typeof shops)[number];
    if (at >= shop.until) {
      const busy = (index % 2 === 0) === drifted;
      shop.overrun = shop.draws.next() < (drifted ? 0.6 : 0.1) + (busy ? 0.3 : 0);
      shop.until = at + (1 + shop.draws.below(4)) * DAY;
    }
    const distance = 1 + source.below(30);
    const score = (shop.overrun ? 1.5 : -2) + (drifted ? -0.12 : 0.12) * (distance - 15);
    orders.push({
      id: `o${i}`,
      at,
      shop: `S${index}`,
      distance,
      hours: 1 + source.below(5),
      late: source.next() < 1 / (1 + Math.exp(-score)),
    });
  }
  return orders;
}

export const orderLine = ({ id, at, shop, distance, hours: known, late }: Order): string =>
  `${id},${new Date(at).toISOString()},${shop},${distance},${known},${late}`;

export const HEADER = 'id,at,shop,distance,hours,late';

export const ordersCsv = (orders: readonly Order[]): string => `${[HEADER, ...orders.map(orderLine)].join('\n')}\n`;

/** The system over `orders.csv`, in the language itself. */
export function ordersPlan(): SystemPlan {
  const orders = source('orders', {
    from: csv('orders.csv'),
    key: 'id',
    time: 'at',
    availableAt: (r) => r.at.plus(hours(r.hours)),
    columns: {
      id: col.string().required(),
      at: col.timestamp().required(),
      shop: col.string().required(),
      distance: col.integer().required(),
      hours: col.integer().required(),
      late: col.boolean().required(),
    },
    expect: (is) => [
      is.between('distance', 1, 100, { onFail: 'quarantine' }),
      is.matches('shop', /^S\d+$/, { onFail: 'quarantine' }),
    ],
  });
  const shop = features(orders, { by: 'shop', prefix: 'shop' }, (f) => ({
    orders: f.count({ over: ['24h', '7d'] }),
    lateRate: f.mean('late', { over: ['24h', '3d', '7d'] }),
    spread: f.variance('distance', { over: ['24h'] }),
    last: f.last('distance', { over: ['3d'] }),
  }));
  const all = features(orders, { prefix: 'all' }, (f) => ({ lateRate: f.mean('late', { over: ['24h', '7d'] }) }));
  const request = requestFrom(orders, ['id', 'at', 'shop', 'distance'], {
    time: 'at',
    features: ['distance'],
    derive: (r) => ({ hour: r.at.hour(), weekday: r.at.weekday() }),
  });
  return system('orders', {
    problem: { kind: 'binary' },
    features: combine([request, shop, all], (f) => ({ trend: f.shop_lateRate_24h.minus(f.shop_lateRate_7d) })),
    label: labelFrom(orders, (r) => r.late),
    train: {
      split: {
        by: 'time',
        column: 'at',
        from: '2024-02-05',
        validationFrom: '2024-02-26',
        testFrom: '2024-03-04',
        to: '2024-03-15',
        gap: '0h',
      },
      candidates: [logistic(), gbdt({ rounds: 30, leaves: 15, learningRate: 0.2, minRows: 20, l2: 0, columnSample: 1 })],
      search: { by: 'auc', trials: 2, seed: 3 },
    },
    accept: (g) => [g.metric('auc').atLeast(0.7)],
    watch: (s) => ({
      lateDrift: s.drift('shop_lateRate_7d', { above: 0.25, window: '3d' }),
      aucDrop: s.quality('auc', { below: 0.65, window: '3d' }),
      slow: s.latency({ p99: '10s' }),
    }),
    retrain: { on: ['aucDrop', 'lateDrift'], atMostEvery: '7d', shadow: '3d' },
  }).plan;
}

/** A folder with the orders' file and a store, gone when it is closed. */
export interface OrdersHouse {
  readonly dir: string;
  readonly workspace: Workspace;
  write(orders: readonly Order[] | string): void;
  close(): Promise<void>;
}

export async function ordersHouse(orders: readonly Order[] | string, clock?: Clock): Promise<OrdersHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-run-'));
  const write = (content: readonly Order[] | string) =>
    writeFileSync(join(dir, 'orders.csv'), typeof content === 'string' ? content : ordersCsv(content));
  write(orders);
  const workspace = await openWorkspace(join(dir, 'store'), clock ? { clock } : {});
  return {
    dir,
    workspace,
    write,
    async close() {
      await workspace.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
