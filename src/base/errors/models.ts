import { declareErrors } from './declare.js';

export const modelsErrors = declareErrors({});
