import { fail } from '../base/error.js';
import { declareOptions, type OptionValues } from '../base/options.js';

/** Options of every command. */
export const COMMON_OPTIONS = declareOptions({
  json: {
    kind: 'boolean',
    default: false,
    doc: 'Print the result as one JSON object on standard output; messages go to standard error.',
  },
  quiet: { kind: 'boolean', default: false, doc: 'No progress and no messages below warnings.' },
  help: { kind: 'boolean', default: false, doc: 'Show this help.' },
});

/** The store option, the same for every command that has one. */
export const STORE_OPTION = declareOptions({
  store: { kind: 'text', default: '.millwright', shows: 'DIR', doc: 'Folder of the store: models, runs, predictions.' },
});

/** The option of commands that leave something on record. */
export const BY_OPTION = declareOptions({
  by: {
    kind: 'text',
    default: null,
    shows: 'NAME',
    doc: 'Who does this, for the audit log; the user of the operating system unless given.',
  },
});

/** The report option of commands that make or show a version. */
export const REPORT_OPTION = declareOptions({
  report: {
    kind: 'text',
    default: null,
    shows: 'FILE',
    doc: "Write the version's report with its charts here, as one HTML file.",
  },
});

/** The option of commands that train to measure how the score grows with the rows. */
export const LEARNING_OPTION = declareOptions({
  learningCurve: {
    kind: 'boolean',
    default: false,
    doc: 'Also measure how the score grows with the training rows, for the report: about as long as one trial.',
  },
});

/** Options of commands that read a file of which only this is known. */
export const READING_OPTIONS = declareOptions({
  delimiter: {
    kind: 'text',
    default: null,
    shows: 'CHARACTER',
    doc: "What stands between the fields of a delimited text ('tab' for a tab); found unless given.",
  },
  header: {
    kind: 'choice',
    default: 'auto',
    choices: ['auto', 'yes', 'no'],
    doc: 'Whether the first line of a delimited text names the columns.',
  },
  encoding: {
    kind: 'text',
    default: null,
    shows: 'LABEL',
    doc: 'Encoding of a text: utf-8, utf-16, latin-1, or a label of the WHATWG list such as gbk or windows-1250; found unless given.',
  },
  missing: {
    kind: 'text',
    default: null,
    shows: 'TEXTS',
    doc: 'Texts that mean missing in every column, with commas between them, beside those that are found.',
  },
  decimal: { kind: 'choice', default: 'auto', choices: ['auto', '.', ','], doc: 'The decimal sign of numbers.' },
  dates: {
    kind: 'choice',
    default: 'auto',
    choices: ['auto', 'mdy', 'dmy'],
    doc: 'Which of month and day comes first in dates of figures.',
  },
});

/** What the options say of how a file is written. */
export function readingOf(given: OptionValues<typeof READING_OPTIONS>) {
  const { delimiter, header, encoding, missing, decimal, dates } = given;
  if (delimiter !== null && delimiter !== 'tab' && [...delimiter].length !== 1)
    fail('MW_OPTION_INVALID', {
      what: `A delimiter is one character, not '${delimiter}'.`,
      fix: "Give one character, or 'tab'.",
    });
  return {
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
    header: header === 'auto' ? null : header === 'yes',
    encoding,
    missing:
      missing === null
        ? []
        : missing
            .split(',')
            .map((text) => text.trim())
            .filter((text) => text !== ''),
    decimal: decimal === 'auto' ? null : decimal,
    dates: dates === 'auto' ? null : dates,
  };
}
