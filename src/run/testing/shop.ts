import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { random } from '../../base/random.js';
import { col, combine, csv, days, features, labelFrom, logistic, requestFrom, source, system } from '../../define/language.js';
import type { SystemPlan } from '../../define/plan.js';
import { openWorkspace, type Workspace } from '../workspace.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** First moment of the shop. */
export const OPENED = Date.UTC(2024, 0, 1);

export interface ShopOrder {
  readonly id: string;
  readonly at: number;
  readonly customer: string;
  readonly amount: number;
  readonly returned: boolean;
}

/** Orders of some weeks by customers of whom some return much; in the order in which they happened. */
export function shopOrders(perDay: number, span: number, seed = 5): ShopOrder[] {
  const draws = random(seed);
  return Array.from({ length: perDay * span }, (_, i) => {
    const customer = draws.below(25);
    return {
      id: `o${i}`,
      at: OPENED + Math.floor((i / perDay) * DAY) + draws.below(60_000),
      customer: `C${customer}`,
      amount: Math.round(draws.next() * 20_000) / 100,
      returned: draws.next() < (customer % 5 === 0 ? 0.6 : 0.15),
    };
  });
}

export const shopCsv = (orders: readonly ShopOrder[]): string =>
  `id,at,customer,amount,returned\n${orders
    .map(({ id, at, customer, amount, returned }) => `${id},${new Date(at).toISOString()},${customer},${amount},${returned}`)
    .join('\n')}\n`;

export const visitsCsv = (orders: readonly ShopOrder[]): string =>
  `at,customer,pages\n${orders
    .map(({ at, customer }, i) => `${new Date(at - 5 * HOUR).toISOString()},${customer},${1 + (i % 7)}`)
    .join('\n')}\n`;

const columns = {
  id: col.string().required(),
  at: col.timestamp().required(),
  customer: col.string().required(),
  amount: col.number().required(),
  returned: col.boolean().required(),
};

/**
 * A shop whose orders are known at once and what became of them 14 days later: two sources over one file, as is natural for labels that come late,
 * and a third one over another when `visits`.
 */
export function shopPlan(visits: boolean): SystemPlan {
  const orders = source('orders', { from: csv('orders.csv'), key: 'id', time: 'at', columns });
  const outcomes = source('outcomes', {
    from: csv('orders.csv'),
    key: 'id',
    time: 'at',
    availableAt: (r) => r.at.plus(days(14)),
    columns,
  });
  const seen = source('visits', {
    from: csv('visits.csv'),
    time: 'at',
    columns: { at: col.timestamp().required(), customer: col.string().required(), pages: col.integer().required() },
  });
  const bought = features(orders, { by: 'customer', prefix: 'bought' }, (f) => ({
    orders: f.count({ over: ['24h', '7d'] }),
    amount: f.mean('amount', { over: ['7d', '28d'] }),
  }));
  const kept = features(outcomes, { by: 'customer', prefix: 'kept' }, (f) => ({
    returned: f.mean('returned', { over: ['21d', '42d'] }),
    spread: f.variance('amount', { over: ['42d'] }),
  }));
  const all = features(outcomes, { prefix: 'all' }, (f) => ({ returned: f.mean('returned', { over: ['28d'] }) }));
  const looked = features(seen, { by: 'customer', prefix: 'looked' }, (f) => ({
    pages: f.sum('pages', { over: ['24h', '7d'] }),
  }));
  const request = requestFrom(orders, ['id', 'at', 'customer', 'amount'], { time: 'at', features: ['amount'] });
  return system('shop', {
    problem: { kind: 'binary' },
    features: visits ? combine([request, bought, kept, all, looked]) : combine([request, bought, kept, all]),
    label: labelFrom(outcomes, (r) => r.returned),
    train: {
      split: {
        by: 'time',
        column: 'at',
        from: '2024-01-08',
        validationFrom: '2024-02-12',
        testFrom: '2024-02-19',
        to: '2024-03-01',
        gap: '0h',
      },
      candidates: [logistic()],
      search: { by: 'auc', trials: 1, seed: 3 },
    },
  }).plan;
}

export interface ShopHouse {
  readonly dir: string;
  readonly workspace: Workspace;
  write(orders: readonly ShopOrder[]): void;
  close(): Promise<void>;
}

/** A folder with the shop's files and a store, gone when it is closed. */
export async function shopHouse(orders: readonly ShopOrder[], clock: Clock): Promise<ShopHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-shop-'));
  const write = (rows: readonly ShopOrder[]) => {
    writeFileSync(join(dir, 'orders.csv'), shopCsv(rows));
    writeFileSync(join(dir, 'visits.csv'), visitsCsv(rows));
  };
  write(orders);
  const workspace = await openWorkspace(join(dir, 'store'), { clock });
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
