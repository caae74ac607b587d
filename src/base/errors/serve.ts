import { declareErrors } from './declare.js';

export const serveErrors = declareErrors({});
