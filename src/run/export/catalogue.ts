import type { ExportFormat } from './format.js';
import { lightgbmFormat } from './lightgbm.js';
import { moduleFormat } from './module.js';
import { onnxFormat } from './onnx.js';
import { xgboostFormat } from './xgboost.js';

/** Every format that models are exported to; the first is the default. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [lightgbmFormat, xgboostFormat, onnxFormat, moduleFormat];
