import { declareErrors } from './declare.js';

export const monitorErrors = declareErrors({
  MW_MONITOR_PROFILE_INVALID: {
    doc: 'A reference profile is damaged or was written by a newer version.',
    fix: 'Build the profile again from the training rows of the model version.',
    exit: 4,
    status: 500,
  },
  MW_MONITOR_PROFILES_DIFFER: {
    doc: 'Two windows of counts over different bins cannot be merged or compared.',
    fix: 'Compare windows that were counted against the same reference profile.',
    status: 500,
  },
  MW_MONITOR_SIGNAL_INVALID: {
    doc: 'A signal watches something that this model does not have.',
    fix: "Watch 'score', a feature of the model, or a metric of its kind of problem.",
    exit: 2,
  },
});
