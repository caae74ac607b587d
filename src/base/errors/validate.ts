import { declareErrors } from './declare.js';

export const validateErrors = declareErrors({
  MW_VALIDATE_TARGET_UNKNOWN: {
    doc: 'The column to be predicted is not in the data.',
    fix: 'Name a column of the data.',
    exit: 2,
  },
  MW_VALIDATE_CONTRACT_INVALID: {
    doc: 'A contract file is not one: it is no JSON, or its shape is wrong at the place named.',
    fix: 'Correct the file, or write it again from the data.',
    exit: 2,
  },
  MW_VALIDATE_COLUMN_UNKNOWN: {
    doc: 'A check is about a column that the data does not have, or that is of a kind it cannot check.',
    fix: 'Correct the contract, or declare the column.',
    exit: 2,
  },
  MW_VALIDATE_PATTERN_INVALID: {
    doc: 'The pattern of a check is not a regular expression, or one that cannot be run in time linear in the text.',
    fix: 'Write it as JavaScript reads it with the u flag, without looking ahead or behind and without references to groups.',
    exit: 2,
  },
  MW_VALIDATE_SQL_FAILED: {
    doc: 'The SQL of a check does not run.',
    fix: "Correct the query; it reads the table 'rows', whose column row_id counts the rows from 0.",
    exit: 2,
  },
  MW_VALIDATE_REFERENCE_MISSING: {
    doc: 'A check refers to a source whose rows were not given.',
    fix: 'Read the referenced source before the check, and name it as the definition does.',
    exit: 2,
  },
  MW_VALIDATE_FAILED: {
    doc: 'Data do not hold their contract, and a check that failed stops the run.',
    fix: 'Look at the examples; correct the data, or change the contract if the data are right.',
    exit: 3,
    status: 422,
  },
  MW_ROW_NOT_OBJECT: {
    doc: 'A row of a request is not a JSON object.',
    fix: 'Send each row as an object by column name.',
  },
  MW_ROW_COLUMN_MISSING: {
    doc: 'A row lacks a required column, or has null, an empty text or a word in it that means missing in this column.',
    fix: 'Send a value for the named column.',
  },
  MW_ROW_COLUMN_UNKNOWN: {
    doc: 'A row has a column that the contract does not know; its value is not used.',
    fix: 'Check the spelling, or leave the column out.',
  },
  MW_ROW_TYPE: {
    doc: 'A value in a row cannot be read as the declared type. A number or truth value may be a text, with white space around it; moments are ISO texts or epoch milliseconds. How other numbers and dates are written is declared with the column.',
    fix: 'Send the named column in its declared type.',
  },
  MW_ROW_CATEGORY_UNSEEN: {
    doc: 'A category in a row is not among those that are known; the row is still taken.',
    fix: 'Check the spelling; a new category is learnt when the model is retrained.',
  },
  MW_ROW_CHECK: {
    doc: 'A row does not hold a check of the contract.',
    fix: 'Correct the named column, or the contract if the value is right.',
  },
  MW_QUARANTINE_ENTRY_UNKNOWN: {
    doc: 'The quarantine has no entry of this id.',
    fix: 'List the quarantine to see what is in it.',
    exit: 2,
    status: 404,
  },
  MW_QUARANTINE_RESOLVED: {
    doc: 'The quarantined row was resolved before.',
    fix: 'Nothing is to be done; list the quarantine to see how it was resolved.',
    exit: 2,
    status: 409,
  },
  MW_QUARANTINE_VALUES_INVALID: {
    doc: 'The new values of a quarantined row still do not hold its contract.',
    fix: 'Correct the named columns.',
    exit: 3,
    status: 422,
  },
});
