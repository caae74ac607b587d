import { parseDirections, parseGroups } from '../base/feature-lists.js';
import { type CandidateEntry, candidateEntry } from './candidates.js';
import { invalid, unknown, wrongType } from './complain.js';
import type { CandidatePlan, SystemPlan } from './plan.js';

/**
 * Directions and groups of a sound candidate name features of the system; directions are for numbers and booleans, where there is one
 * output.
 */
export function checkConstraints(plan: SystemPlan, { estimator, params }: CandidatePlan): void {
  const { params: specs } = candidateEntry(estimator) as CandidateEntry;
  for (const [option, value] of Object.entries(params)) {
    const kind = specs[option].kind;
    if (kind !== 'directions' && kind !== 'groups') continue;
    const place = `train.candidates ${estimator}.${option}`;
    for (const text of typeof value === 'object' && value.kind === 'choiceSpace' ? value.choices : [value]) {
      for (const name of namesIn(kind, String(text))) {
        const feature = plan.features.find((one) => one.name === name);
        const names = plan.features.map((one) => one.name);
        if (!feature) unknown(place, `There is no feature '${name}'.`, name, names, 'Features');
        if (kind === 'directions' && feature.type !== 'number' && feature.type !== 'boolean')
          wrongType(
            place,
            `'${name}' is a ${feature.type}, which has no direction.`,
            'Give directions to numbers and booleans.',
          );
      }
      if (kind === 'directions' && plan.problem.task === 'multiclass')
        invalid(place, 'A direction means nothing for several classes, whose probabilities cannot all rise.', 'Leave it out.');
    }
  }
}

function namesIn(kind: 'directions' | 'groups', text: string): readonly string[] {
  if (kind === 'groups') {
    const parsed = parseGroups(text);
    return 'value' in parsed ? parsed.value.flat() : [];
  }
  const parsed = parseDirections(text);
  return 'value' in parsed ? [...parsed.value.keys()] : [];
}
