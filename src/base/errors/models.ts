import { declareErrors } from './declare.js';

export const modelsErrors = declareErrors({
  MW_MODEL_UNKNOWN: {
    doc: 'No estimator has that name.',
    fix: 'Use one of the listed names.',
    exit: 2,
  },
  MW_MODEL_TASK: {
    doc: 'The estimator cannot learn this kind of problem.',
    fix: 'Choose an estimator that lists the task.',
    exit: 2,
  },
  MW_MODEL_DATA: {
    doc: 'The rows given to learn from are unusable: none, of unequal lengths, with a missing or impossible target or weight.',
    fix: 'Check the target column, the weights and the filters on the rows.',
  },
  MW_MODEL_OBJECTIVE: {
    doc: 'The objective of gradient boosting does not fit the problem, lacks what it needs, or is an own one that is not known or misbehaves.',
    fix: 'Choose an objective of the task, or define the own one before training.',
    exit: 2,
  },
  MW_MODEL_CONTINUE: {
    doc: 'Training cannot go on from the given model: it is of another algorithm, or learnt another problem or other inputs.',
    fix: 'Pass a gbdt model with the same task, objective and features, or train from the start.',
    exit: 2,
  },
  MW_MODEL_DIVERGED: {
    doc: 'Learning left the range of finite numbers.',
    fix: 'Scale the features and the target, or use a smaller learning rate and stronger penalties.',
  },
  MW_MODEL_TOO_LARGE: {
    doc: 'Training would need more memory than the machine or one training memory has.',
    fix: 'Train on a sample of the rows, or leave out columns.',
  },
  MW_MODEL_THREAD_LOST: {
    doc: 'A thread of the training ended or stopped answering in the middle of its work.',
    fix: 'Train again; when it happens again, look for what ends the threads of the process, such as a limit of its memory.',
    status: 500,
  },
  MW_MODEL_INPUT: {
    doc: 'The rows to predict do not have the features that the model was trained on.',
    fix: 'Pass the features in the order and number of the training matrix.',
  },
  MW_MODEL_EXPLAIN: {
    doc: 'The contributions of the features do not add up to what the model says: a defect of Millwright.',
    fix: 'Report it with the model and the row.',
    status: 500,
  },
  MW_MODEL_NOT_EXPLAINED: {
    doc: 'The algorithm of the model has no exact contributions of features.',
    fix: 'Use a tree, boosted or linear model, or permutation importance.',
    status: 422,
    exit: 2,
  },
  MW_MODEL_CORRUPT: {
    doc: 'The bytes are not a model that Millwright wrote, or were damaged.',
    fix: 'Fetch the artifact again, or train the model again.',
    status: 500,
  },
  MW_MODEL_VERSION: {
    doc: 'The model was written in a format that this version of Millwright does not know.',
    fix: 'Use the version of Millwright that wrote it, or a newer one.',
    status: 500,
  },
});
