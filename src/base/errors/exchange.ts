import { declareErrors } from './declare.js';

export const exchangeErrors = declareErrors({
  MW_EXCHANGE_FORMAT: {
    doc: 'The file is in no model format that can be imported.',
    fix: 'Give a LightGBM text model, or an XGBoost model as JSON or UBJSON: save_model("model.ubj") writes one.',
    exit: 2,
  },
  MW_EXCHANGE_CORRUPT: {
    doc: 'The model file to import breaks the rules of its format, or was cut off.',
    fix: 'Write the file again with the library that trained the model.',
  },
  MW_EXCHANGE_UNSUPPORTED: {
    doc: 'The model uses something of its format that cannot be carried over with equal predictions.',
    fix: 'Train the model without it, or score it with the library that made it.',
  },
  MW_EXCHANGE_FILE: {
    doc: 'The model file to import cannot be read.',
    fix: 'Check the path and the permissions.',
    exit: 2,
  },
  MW_EXCHANGE_TOO_LARGE: {
    doc: 'The exported file is larger than the budget that was given for it.',
    fix: 'Raise --max-bytes, or give up some exactness for size.',
    exit: 3,
  },
  MW_EXCHANGE_UNMEASURED: {
    doc: 'Something is to be given up for size, and there are no rows to measure the loss on.',
    fix: 'Name rows with --rows FILE, or export the model as it is.',
  },
  MW_EXCHANGE_FEATURES: {
    doc: 'The names given for the inputs of an imported model do not fit them.',
    fix: 'Give one different name for each input, in order.',
    exit: 2,
  },
});
