import { declareErrors } from './declare.js';

export const defineErrors = declareErrors({
  MW_DEFINE_INVALID: {
    doc: 'A part of a definition has a value that it cannot have.',
    fix: 'Give a value of the kind that the message asks for.',
    exit: 2,
  },
  MW_DEFINE_UNKNOWN: {
    doc: 'A definition names a column, feature, signal, method or option that does not exist.',
    fix: 'Check the spelling against the listed names.',
    exit: 2,
  },
  MW_DEFINE_DUPLICATE: {
    doc: 'Two parts of a definition have the same name.',
    fix: 'Rename one of them, or give a view a prefix.',
    exit: 2,
  },
  MW_DEFINE_TYPE: {
    doc: 'A column or expression of one type stands where a definition needs another type.',
    fix: 'Use a column or expression of the type that the message asks for.',
    exit: 2,
  },
  MW_PLAN_INVALID: {
    doc: 'Plain data that should be a plan is not one: it was written by hand, damaged, or written by another version.',
    fix: 'Make the plan again from its definition.',
    exit: 2,
  },
  MW_DEFINITION_MISSING: {
    doc: 'There is no definition file at the path given.',
    fix: 'Check the path; a definition is a .ts, .mts, .js or .mjs file.',
    exit: 2,
  },
  MW_DEFINITION_SYNTAX: {
    doc: 'A definition file is not valid TypeScript or JavaScript.',
    fix: 'Correct the file at the line given.',
    exit: 2,
  },
  MW_DEFINITION_THREW: {
    doc: 'A definition file threw an error of its own while it was loaded.',
    fix: 'Correct the file at the line given.',
    exit: 2,
  },
  MW_DEFINITION_NO_SYSTEM: {
    doc: 'A definition file has no default export, or its default export is not a system.',
    fix: "End the file with: export default system('name', { ... }).",
    exit: 2,
  },
  MW_CLIENT_UNREACHABLE: {
    doc: 'The prediction client could not reach the server.',
    fix: 'Check that the server runs and that the address is right.',
    status: 503,
  },
  MW_CLIENT_ANSWER: {
    doc: 'The prediction client got an answer that is not one of a Millwright server.',
    fix: 'Check the address, and that nothing between client and server changes the answer.',
    status: 502,
  },
  MW_CLIENT_MODEL: {
    doc: 'The prediction client was not told which model to ask, and the server does not have exactly one.',
    fix: "Name the model: client<typeof system>(url, { model: 'name' }).",
  },
});
