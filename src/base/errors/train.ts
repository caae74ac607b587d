import { declareErrors } from './declare.js';

export const trainErrors = declareErrors({
  MW_PIPELINE_CORRUPT: {
    doc: 'The bytes are not a model pipeline that Millwright wrote, or they were damaged since.',
    fix: 'Fetch the model again from its store, or retrain it.',
    exit: 4,
  },
  MW_PIPELINE_NEWER: {
    doc: 'The model pipeline was written by a newer version of Millwright.',
    fix: 'Upgrade millwright to at least the version that wrote it.',
    exit: 4,
  },
  MW_PIPELINE_FEATURE_MISSING: {
    doc: 'A table to encode lacks a column that the model was trained with.',
    fix: 'Add the column; its cells may be empty where the value is unknown.',
  },
  MW_TRAIN_NO_FEATURES: {
    doc: 'There is no feature to learn from.',
    fix: 'Give at least one column beside the target that is not constant, empty or an identifier. A series is not forecast from its own past; windows over past rows are written in a definition.',
  },
  MW_TRAIN_TARGET_MISSING: {
    doc: 'The target column does not exist, or holds no value at all.',
    fix: 'Name an existing column with labels as the target.',
  },
  MW_TRAIN_TARGET_CONSTANT: {
    doc: 'The target has one and the same value in every row, so there is nothing to learn.',
    fix: 'Name another target, or give rows with other outcomes too.',
  },
  MW_TRAIN_TARGET_NOT_NUMERIC: {
    doc: 'A regression needs a target of numbers and it holds something else.',
    fix: 'Clean the target, or train a classification with --problem multiclass.',
  },
  MW_TRAIN_TARGET_CLASSES: {
    doc: 'The number of classes in the target does not fit the problem.',
    fix: 'Choose another problem kind, or merge classes.',
  },
  MW_TRAIN_POSITIVE_UNKNOWN: {
    doc: 'The class named as positive does not occur in the target.',
    fix: 'Name one of the two classes that do.',
  },
  MW_TRAIN_TOO_FEW_ROWS: {
    doc: 'There are too few rows to train, choose and test on.',
    fix: 'Give more rows.',
  },
  MW_TRAIN_PART_EMPTY: {
    doc: 'A part of the split (training, validation, test or a fold) would hold no row.',
    fix: 'Change the bounds or shares of the split.',
  },
  MW_TRAIN_CLASS_MISSING: {
    doc: 'A class of the target does not occur in a part of the split, so nothing can be learnt or measured there.',
    fix: 'Give more rows of that class, merge it with another one, or use fewer folds.',
  },
  MW_TRAIN_TIME_MISSING: {
    doc: 'A split by time needs a time column of timestamps or numbers and there is none of that name.',
    fix: 'Name an existing time column in the split, or split at random.',
  },
  MW_TRAIN_CANDIDATE_UNFIT: {
    doc: 'A candidate names an estimator that cannot solve this kind of problem.',
    fix: 'Leave the candidate out, or change the problem kind.',
  },
  MW_TRAIN_WORKER_LOST: {
    doc: 'A worker thread that fitted a trial ended without an answer, and so did the one that took its place.',
    fix: 'Give the process more memory, search with one worker, or leave the candidate out.',
  },
  MW_TRAIN_NO_TRIAL: {
    doc: 'The search ended without a single finished trial.',
    fix: 'Give at least one candidate that the data allow, one trial, and time enough for it.',
  },
});
