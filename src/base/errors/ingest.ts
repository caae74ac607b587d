import { declareErrors } from './declare.js';

export const ingestErrors = declareErrors({});
