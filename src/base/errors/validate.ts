import { declareErrors } from './declare.js';

export const validateErrors = declareErrors({});
