import { declareErrors } from './declare.js';

export const evaluateErrors = declareErrors({});
