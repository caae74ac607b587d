import { fail } from '../../base/error.js';
import { type ImportedFile, readLightgbmText } from './lightgbm-text.js';
import { readJson } from './read-json.js';
import { readUbjson } from './read-ubjson.js';
import { readXgboost } from './xgboost.js';

export type { ImportedFile } from './lightgbm-text.js';

export type FileFormat = 'lightgbm' | 'xgboost-json' | 'xgboost-ubj';

/**
 * A model file of another library as a model, its format seen from its first bytes.
 * @throws MW_EXCHANGE_FORMAT, MW_EXCHANGE_CORRUPT, MW_EXCHANGE_UNSUPPORTED
 */
export function readModelFile(bytes: Uint8Array): ImportedFile & { readonly format: FileFormat } {
  const begin = new TextDecoder('latin1')
    .decode(bytes.subarray(0, 64))
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (/^tree\r?\n/.test(begin)) return { format: 'lightgbm', ...readLightgbmText(new TextDecoder().decode(bytes)) };
  if (/^\{\s*"/.test(begin)) return { format: 'xgboost-json', ...readXgboost(readJson(bytes)) };
  if (/^\{[LUiIlM#$]/.test(begin)) return { format: 'xgboost-ubj', ...readXgboost(readUbjson(bytes)) };
  if (begin.startsWith('binf') || bytes.subarray(0, 64).includes(0)) return refuse('binary, such as the old format of XGBoost');
  return refuse('neither LightGBM text nor XGBoost JSON or UBJSON');
}

function refuse(what: string): never {
  return fail('MW_EXCHANGE_FORMAT', { what: `The file is ${what}, which is not read.` });
}
