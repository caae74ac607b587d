import { declareErrors } from './declare.js';

export const storeErrors = declareErrors({});
