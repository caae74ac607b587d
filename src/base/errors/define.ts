import { declareErrors } from './declare.js';

export const defineErrors = declareErrors({});
