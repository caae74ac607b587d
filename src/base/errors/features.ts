import { declareErrors } from './declare.js';

export const featuresErrors = declareErrors({});
