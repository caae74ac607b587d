import { declareErrors } from './declare.js';

export const featuresErrors = declareErrors({
  MW_EXPRESSION_COLUMN_UNKNOWN: {
    doc: 'An expression reads a column that its rows do not have.',
    fix: 'Check the spelling against the columns of the source or the request.',
  },
  MW_EXPRESSION_KIND: {
    doc: 'An operation of an expression was given values of a kind that it does not take, or too many or too few.',
    fix: 'Give the operation the kinds of values that its documentation names.',
  },
  MW_FRAME_CORRUPT: {
    doc: 'The bytes of a stored table are damaged or were not written by Millwright.',
    fix: 'Delete the stored table; it is computed again on the next run.',
    exit: 4,
    status: 500,
  },
  MW_FRAME_NEWER: {
    doc: 'A stored table was written by a newer version of Millwright.',
    fix: 'Upgrade millwright to at least the version that wrote it.',
    exit: 4,
    status: 500,
  },
  MW_FEATURES_SOURCE_MISSING: {
    doc: 'The rows of a source that a feature view needs were not given, or lack a column.',
    fix: 'Give the rows of every source that the views of the system read.',
  },
  MW_FEATURES_TIME_MISSING: {
    doc: 'Window features need a moment to look from and an event time of their source, and one of them does not exist.',
    fix: "Name the time column of the source, and the request's time column.",
  },
  MW_FEATURES_REQUEST_MISSING: {
    doc: 'The rows to compute features for lack a column of the request, or have it in another kind.',
    fix: 'Give every column that the request declares; its cells may be empty where it is nullable.',
  },
  MW_ONLINE_VIEW_UNKNOWN: {
    doc: 'The online store was asked for a feature view or a source that it does not keep.',
    fix: 'Ask for a view of the system that the store was opened for.',
    status: 404,
  },
  MW_ONLINE_CORRUPT: {
    doc: 'A file of the online store is damaged in a place where no crash could have damaged it.',
    fix: 'Run "millwright doctor --repair": it keeps every push that is whole, and puts what is damaged aside.',
    exit: 4,
    status: 500,
  },
  MW_ONLINE_NEWER: {
    doc: 'The online store was written by a newer version of Millwright.',
    fix: 'Upgrade millwright to at least the version that wrote it.',
    exit: 4,
    status: 500,
  },
  MW_ONLINE_BATCH_CONFLICT: {
    doc: 'Rows were pushed under the id of a batch that other rows of the same source were pushed under before.',
    fix: 'Send these rows under an id of their own. An id is remembered for a day.',
    status: 409,
  },
  MW_ONLINE_CLOSED: {
    doc: 'The online store was used after it was closed.',
    fix: 'Open the store again.',
    exit: 4,
    status: 503,
  },
});
