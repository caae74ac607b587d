import { declareErrors } from './declare.js';

export const cliErrors = declareErrors({
  MW_CLI_COMMAND_UNKNOWN: {
    doc: 'The first word is not a command of millwright.',
    fix: "Run 'millwright --help' for the list.",
    exit: 2,
  },
  MW_CLI_ARGUMENT_MISSING: {
    doc: 'A command was called without an argument it needs.',
    fix: "Run the command with '--help' for its usage.",
    exit: 2,
  },
  MW_CLI_ARGUMENT_EXTRA: {
    doc: 'A command was called with more arguments than it takes.',
    fix: "Run the command with '--help' for its usage.",
    exit: 2,
  },
  MW_CLI_ARGUMENT_INVALID: {
    doc: 'An argument or the value of an option is nothing that the command takes.',
    fix: "Run the command with '--help' for its usage.",
    exit: 2,
  },
  MW_CLI_OUTPUT_EXISTS: {
    doc: 'The file to write is there already.',
    fix: 'Name another file, or add --force to write over it.',
    exit: 2,
  },
  MW_CLI_OUTPUT_UNWRITABLE: {
    doc: 'The file to write could not be written.',
    fix: 'Check that the folder exists and can be written to.',
    exit: 1,
  },
});
