import { ensembleName, MOST_MEMBERS, memberPrefixes, parseEnsembleName } from '../models/ensemble/ensemble-name.js';
import { ENSEMBLE_OPTIONS, type EnsembleName } from '../models/ensemble/options.js';
import { type Candidate, type CandidateParams, checkParams } from './candidates.js';
import { invalid, optionsObject, shown } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { CandidatePlan, Task } from './plan.js';

/** What all members can do. */
type Shared<M extends Members> = [M[number]] extends [Candidate<infer T>] ? T : never;
type Members = readonly [Candidate<never>, Candidate<never>, ...Candidate<never>[]];

const ensemble =
  <N extends EnsembleName, Most extends Task>(kind: N) =>
  <const M extends Members>(
    members: M,
    options: CandidateParams<(typeof ENSEMBLE_OPTIONS)[N]> = {},
  ): Candidate<Shared<M> & Most> => {
    const place = `train.candidates ${kind}`;
    if (!Array.isArray(members) || members.length < 2 || members.length > MOST_MEMBERS)
      invalid(
        place,
        `${kind} takes a list of 2 to ${MOST_MEMBERS} candidates, not ${shown(members)}.`,
        `For example: ${kind}([gbdt(), forest()]).`,
      );
    for (const member of members as readonly CandidatePlan[])
      if (typeof member !== 'object' || member === null || member.kind !== 'candidate' || parseEnsembleName(member.estimator))
        invalid(place, `A member cannot be ${shown(member)}.`, 'Members are estimators such as gbdt() or logistic().');
    const own = optionsObject(kind, options, Object.keys(ENSEMBLE_OPTIONS[kind]));
    const names = members.map(({ estimator }) => estimator);
    const prefixes = memberPrefixes(names);
    const params = { ...own } as Record<string, CandidatePlan['params'][string]>;
    members.forEach((member, m) => {
      for (const [name, value] of Object.entries(member.params)) params[`${prefixes[m]}.${name}`] = value;
    });
    const estimator = ensembleName(kind, names);
    checkParams(estimator, params);
    return deepFreeze({ kind: 'candidate', estimator, params }) as Candidate<Shared<M> & Most>;
  };

/** The mean of what several candidates predict. */
export const average = ensemble<'average', Task>('average');
/** The share of several candidates that decide for each class. */
export const vote = ensemble<'vote', 'binary' | 'multiclass'>('vote');
/** Several candidates weighed by a linear model that learns from their predictions for rows they had not seen. */
export const stack = ensemble<'stack', Task>('stack');
