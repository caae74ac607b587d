import type { SourceFormat } from '../../define/plan.js';
import type { Reader } from '../reader.js';
import { arrowReader } from './arrow.js';
import { csvReader } from './csv.js';
import { duckdbReader } from './duckdb.js';
import { jsonlReader, jsonReader } from './json.js';
import { parquetReader } from './parquet.js';

/** Every format that can be read. */
export const READERS: Readonly<Record<SourceFormat, Reader>> = {
  csv: csvReader,
  json: jsonReader,
  jsonl: jsonlReader,
  parquet: parquetReader,
  arrow: arrowReader,
  duckdb: duckdbReader,
};
