import { declareErrors } from './declare.js';

export const cliErrors = declareErrors({});
