import { declareErrors } from './declare.js';

export const registryErrors = declareErrors({});
