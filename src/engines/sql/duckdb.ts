import type { Dialect } from './dialect.js';

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const timestamp = (moment: string) => `make_timestamp(CAST(${moment} AS BIGINT) * 1000)`;

export const duckdb: Dialect = Object.freeze({
  name: 'duckdb',
  quoteName: (name) => `"${name.replaceAll('"', '""')}"`,
  quoteText: text,
  number: (value) =>
    value !== value ? 'CAST(NULL AS DOUBLE)' : `CAST('${Object.is(value, -0) ? '-0.0' : String(value)}' AS DOUBLE)`,
  column: (reference, kind) => {
    if (kind === 'number') return `nullif(CAST(${reference} AS DOUBLE), CAST('NaN' AS DOUBLE))`;
    return kind === 'timestamp' ? `(CAST(epoch_us(${reference}) AS DOUBLE) / CAST(1000 AS DOUBLE))` : reference;
  },
  notNaN: (code) => `nullif(${code}, CAST('NaN' AS DOUBLE))`,
  rowOrder: 'rowid',
  naturalLog: (code) => `ln(${code})`,
  dayOfMonth: (moment) => `CAST(day(${timestamp(moment)}) AS DOUBLE)`,
  month: (moment) => `CAST(month(${timestamp(moment)}) AS DOUBLE)`,
  lower: (code) => `lower(${code})`,
  textLength: (code) => `CAST(length(${code}) AS DOUBLE)`,
  contains: (code, part) => `contains(${code}, ${part})`,
  parseNumber: (code, pattern) => {
    const parsed = `TRY_CAST(${code} AS DOUBLE)`;
    return `CASE WHEN regexp_full_match(${code}, ${text(pattern)}) AND NOT isinf(${parsed}) THEN ${parsed} END`;
  },
  sum: (value) => `fsum(${value})`,
  variance: (value) => `var_pop(${value})`,
  last: (value, order) => `last(${value} ORDER BY ${order.join(', ')})`,
} satisfies Dialect);
