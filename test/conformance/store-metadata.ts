import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetadataStore } from '../../src/store/ports.js';

/** One metadata store to put to the test: `open` opens it (again), beside the ones that are open. */
export interface MetadataUnderTest {
  open(): Promise<MetadataStore>;
  destroy(): Promise<void>;
}

/** What every metadata store must do. */
export function metadataConformance(name: string, make: () => Promise<MetadataUnderTest>): void {
  describe(`${name} is a metadata store`, () => {
    let under: MetadataUnderTest;
    let metadata: MetadataStore;
    let open: MetadataStore[];
    const another = async () => {
      const store = await under.open();
      open.push(store);
      return store;
    };
    beforeEach(async () => {
      open = [];
      under = await make();
      metadata = await another();
    });
    afterEach(async () => {
      await Promise.all(open.map((store) => store.close()));
      await under.destroy();
    });
    const point = (bucket: number, value: number | null) => ({
      model: 'm',
      version: 1,
      name: 'auc',
      bucket,
      value,
      count: 1,
      detail: null,
    });
    const count = async (store: MetadataStore) =>
      Number(
        (
          await store.db
            .selectFrom('series')
            .select((e) => e.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );

    test('numbers come back to the bit, moments too, and null stays null', async () => {
      const values = [0.1 + 0.2, 1 / 3, -5e-324, 1.7976931348623157e308, 2 ** 53 - 1, -0.5, 0, null, Number.POSITIVE_INFINITY];
      const moment = Date.UTC(2026, 1, 1, 12, 30, 1, 123);
      for (const [i, value] of values.entries())
        await metadata.db
          .insertInto('series')
          .values(point(moment + i, value))
          .execute();
      const rows = await (await another()).db.selectFrom('series').selectAll().orderBy('bucket').execute();
      expect(rows.map(({ value }) => value)).toEqual(values);
      expect(rows.map(({ bucket }) => bucket)).toEqual(values.map((_, i) => moment + i));
    });

    test('texts come back as they were', async () => {
      const texts = ['', "it's", '"', '\\', 'ünïcödé 漢字 🙂', 'x'.repeat(100_000), '; drop table states; --'];
      for (const [i, data] of texts.entries())
        await metadata.db
          .insertInto('states')
          .values({ kind: 't', name: `${i}`, data, at: 0 })
          .execute();
      const rows = await metadata.db.selectFrom('states').selectAll().where('kind', '=', 't').orderBy('name').execute();
      expect(rows.map(({ data }) => data)).toEqual(texts);
    });

    test('a transaction is there whole or not at all', async () => {
      await metadata.transaction(async (inside) => {
        await inside
          .insertInto('series')
          .values([point(1, 1), point(2, 2)])
          .execute();
      });
      await expect(
        metadata.transaction(async (inside) => {
          await inside.insertInto('series').values(point(3, 3)).execute();
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      await expect(
        metadata.transaction(async (inside) => {
          await inside.insertInto('series').values(point(4, 4)).execute();
          await inside.insertInto('series').values(point(1, 1)).execute();
        }),
      ).rejects.toThrow();
      expect(await count(metadata)).toBe(2);
      expect(await count(await another())).toBe(2);
    });

    test('read, then write, from several connections at once: nothing is lost', async () => {
      await metadata.db.insertInto('states').values({ kind: 'n', name: 'n', data: '0', at: 0 }).execute();
      const others = [metadata, await another(), await another()];
      const increment = (store: MetadataStore) =>
        store.transaction(async (inside) => {
          const { data } = await inside.selectFrom('states').select('data').where('kind', '=', 'n').executeTakeFirstOrThrow();
          await inside
            .updateTable('states')
            .set({ data: String(Number(data) + 1) })
            .where('kind', '=', 'n')
            .execute();
        });
      for (let i = 0; i < 30; i++) await increment(others[i % 3] as MetadataStore);
      await Promise.all(Array.from({ length: 20 }, () => increment(metadata)));
      for (const store of others)
        expect(
          (await store.db.selectFrom('states').select('data').where('kind', '=', 'n').executeTakeFirstOrThrow()).data,
        ).toBe('50');
    });

    test('another connection sees what was committed, at once', async () => {
      const other = await another();
      for (let i = 0; i < 5; i++) {
        await metadata.db.insertInto('series').values(point(i, i)).execute();
        expect(await count(other)).toBe(i + 1);
      }
    });

    test('opening again changes nothing, and there are the tables', async () => {
      await metadata.db.insertInto('series').values(point(1, 1)).execute();
      await metadata.close();
      metadata = await another();
      expect(await count(metadata)).toBe(1);
      const version = await sql<{ version: number }>`select version from schema_version`.execute(metadata.db);
      expect(version.rows).toHaveLength(1);
    });
  });
}
