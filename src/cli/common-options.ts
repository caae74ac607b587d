import { declareOptions } from '../base/options.js';

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
