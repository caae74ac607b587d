import { baseErrors } from './base.js';
import { cliErrors } from './cli.js';
import type { ErrorEntry } from './declare.js';
import { defineErrors } from './define.js';
import { evaluateErrors } from './evaluate.js';
import { exchangeErrors } from './exchange.js';
import { featuresErrors } from './features.js';
import { ingestErrors } from './ingest.js';
import { modelsErrors } from './models.js';
import { monitorErrors } from './monitor.js';
import { registryErrors } from './registry.js';
import { runErrors } from './run.js';
import { serveErrors } from './serve.js';
import { storeErrors } from './store.js';
import { trainErrors } from './train.js';
import { validateErrors } from './validate.js';

const all = {
  ...baseErrors,
  ...defineErrors,
  ...ingestErrors,
  ...validateErrors,
  ...featuresErrors,
  ...modelsErrors,
  ...exchangeErrors,
  ...trainErrors,
  ...evaluateErrors,
  ...storeErrors,
  ...registryErrors,
  ...serveErrors,
  ...monitorErrors,
  ...runErrors,
  ...cliErrors,
} as const;

/** A permanent error code; codes are never renamed or reused. */
export type ErrorCode = keyof typeof all;

/** Every error of the system by its code. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = Object.freeze(all);
