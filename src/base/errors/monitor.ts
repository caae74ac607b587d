import { declareErrors } from './declare.js';

export const monitorErrors = declareErrors({});
