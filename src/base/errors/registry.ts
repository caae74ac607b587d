import { declareErrors } from './declare.js';

export const registryErrors = declareErrors({
  MW_RUN_UNKNOWN: {
    doc: 'There is no run of this id in the store.',
    fix: 'Check the id against the list of runs.',
    status: 404,
    exit: 4,
  },
  MW_RUN_ENDED: {
    doc: 'Something was to be logged to a run that has ended, or it was to end twice.',
    fix: 'Start a new run.',
    status: 409,
    exit: 4,
  },
  MW_REGISTRY_INVALID: {
    doc: 'What was given to the registry has a value that it cannot keep: a name, a step, a figure or a reason.',
    fix: 'Give a value of the kind that the message asks for.',
    exit: 2,
  },
  MW_SNAPSHOT_UNKNOWN: {
    doc: 'The store has no record of a data snapshot of this hash.',
    fix: 'Ingest the data again, or check the hash.',
    status: 404,
    exit: 4,
  },
  MW_REGISTRY_MODEL_UNKNOWN: {
    doc: 'No model of this name is registered.',
    fix: 'Check the name against the list of models, or train one.',
    status: 404,
    exit: 4,
  },
  MW_REGISTRY_VERSION_UNKNOWN: {
    doc: 'The model has no such version, or it was deleted.',
    fix: "Check the version against the model's list.",
    status: 404,
    exit: 4,
  },
  MW_REGISTRY_ALIAS_UNKNOWN: {
    doc: 'The model has no such alias.',
    fix: "Check the alias against the model's list, or set it.",
    status: 404,
    exit: 4,
  },
  MW_REGISTRY_REFERENCE_INVALID: {
    doc: 'A reference to a model is not of the form name, name@alias or name:version.',
    fix: "Write it like 'flight-delay', 'flight-delay@champion' or 'flight-delay:3'.",
    exit: 2,
  },
  MW_REGISTRY_ALIASED: {
    doc: 'A model version cannot be archived or deleted while an alias points to it.',
    fix: 'Move the alias to another version first.',
    status: 409,
    exit: 4,
  },
  MW_REGISTRY_ARCHIVED: {
    doc: 'An alias cannot point to an archived model version.',
    fix: 'Make the version active again first.',
    status: 409,
    exit: 4,
  },
  MW_AUDIT_TAMPERED: {
    doc: 'An entry of the audit log was changed, removed or put in from outside: its hash does not follow from the one before.',
    fix: 'Compare the audit log with a copy of the store from before that entry.',
    status: 500,
    exit: 3,
  },
});
