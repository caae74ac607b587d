import { fail } from '../../base/error.js';
import { databaseMessage, rowsOf, withDatabase } from '../../engines/duckdb/database.js';
import { registerFrame } from '../../engines/duckdb/from-frame.js';
import { type CheckKind, type Outcome, type PlanOf } from './check-kind.js';

/** A query over the table `rows` selects what fails: rows by their `row_id`, or any row at all when it does not select that. */
export const sqlCheck: CheckKind<PlanOf<'sql'>> = {
  check: 'sql',
  columns: () => [],
  says: (plan) => plan.name,
  test(plan, table) {
    return withDatabase(
      async (connection): Promise<Outcome> => {
        await registerFrame(connection, 'rows', table);
        const query = plan.query.trim().replace(/;\s*$/, '');
        try {
          const names = (await rowsOf(connection, `DESCRIBE ${query}`)).map((row) => String(row[0]));
          if (!names.includes('row_id')) {
            const count = Number((await rowsOf(connection, `SELECT count(*) FROM (${query})`))[0]?.[0]);
            return { holds: count === 0, found: `the query selects ${count} rows` };
          }
          const failing = new Uint8Array(table.rows);
          for (const [row] of await rowsOf(connection, `SELECT DISTINCT row_id FROM (${query}) WHERE row_id IS NOT NULL`))
            if (Number(row) < failing.length) failing[Number(row)] = 1;
          return { rows: failing };
        } catch (error) {
          return fail('MW_VALIDATE_SQL_FAILED', {
            what: `The SQL of check '${plan.name}' failed: ${databaseMessage(error)}`,
            where: { check: plan.name },
            cause: error,
          });
        }
      },
      { closed: true },
    );
  },
  value: null,
};
