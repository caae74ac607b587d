import { declareOptions } from '../../base/options.js';

export const constantOptions = declareOptions({});
