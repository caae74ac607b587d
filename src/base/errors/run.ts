import { declareErrors } from './declare.js';

export const runErrors = declareErrors({
  MW_RUN_LABEL_UNKNOWN: {
    doc: 'Rows to judge a model on have a label that is no class of the model.',
    fix: 'Correct the labels, or train again on data that have this class.',
  },
  MW_RUN_NO_LABELS: { doc: 'Rows to judge a model on have no labels.', fix: 'Give rows that have the label column filled in.' },
  MW_RUN_TIME_UNKNOWN: {
    doc: 'The column that says when rows happened is not in the file, or its values are no moments.',
    fix: 'Name a column of moments, or none.',
    exit: 2,
  },
  MW_RUN_TARGET_UNKNOWN: { doc: 'The target named is not a column of the file.', fix: 'Name one of the columns of the file.' },
  MW_RUN_COLUMN_MISSING: {
    doc: 'A file to score lacks columns that the model reads.',
    fix: 'Give a file with the columns that the model was trained on.',
  },
  MW_RUN_SOURCE_UNKNOWN: {
    doc: 'A system has no source of the name given.',
    fix: 'Name one of its sources.',
    exit: 2,
  },
  MW_RUN_DATA_GONE: {
    doc: 'The data that a version was trained on are no longer to be had.',
    fix: 'Restore the files, or train a new version.',
  },
  MW_REPLAY_NO_TIME: {
    doc: 'A system without event times was asked to replay the past.',
    fix: 'Name the time column of the label source and of the request.',
    exit: 2,
  },
  MW_REPLAY_LEARNT: {
    doc: 'Every version of a model has learnt from rows of the span to replay, so the replay would prove nothing.',
    fix: 'Train a version whose split ends before the replay begins.',
    exit: 2,
  },
  MW_REPLAY_NO_ROWS: { doc: 'The span to replay holds no rows.', fix: 'Choose a span that the data cover.', exit: 2 },
  MW_REPLAY_REFUSED: {
    doc: 'The server refused a request of a replay.',
    fix: 'Read the answer in the message; the rows sent must meet the contract of the source.',
  },
});
