import { declareErrors } from './declare.js';

export const baseErrors = declareErrors({
  MW_INTERNAL: {
    doc: 'Something failed that Millwright did not foresee: a bug of ours, or of a library under us.',
    fix: 'Run again with MILLWRIGHT_LOG=debug to see the whole trace, and report it.',
    status: 500,
  },
  MW_OPTION_UNKNOWN: {
    doc: 'An option was given that does not exist here.',
    fix: 'Check the spelling against the listed options.',
    exit: 2,
  },
  MW_OPTION_INVALID: {
    doc: 'An option has a value of the wrong type or outside its range.',
    fix: 'Give a value inside the documented range.',
    exit: 2,
  },
  MW_DURATION_INVALID: {
    doc: 'A duration is not a number followed by ms, s, m, h, d or w.',
    fix: "Write it like '30m', '24h' or '28d'.",
    exit: 2,
  },
  MW_DISK_FULL: {
    doc: 'The disk of a folder that is written to (the scratch folder, or where a result goes) is full, or its quota used up.',
    fix: 'Make room, or set TMPDIR to a folder with room, then run the same command again.',
    status: 507,
    exit: 4,
  },
  MW_INTERRUPTED: {
    doc: 'The work was interrupted before it ended; what had been finished is kept.',
    fix: 'Run the same command again to go on.',
    exit: 130,
  },
});
