import { fail } from '../../base/error.js';
import { parseDirections, parseGroups } from '../../base/feature-lists.js';
import { didYouMean } from '../../base/nearest.js';
import type { MatrixFeature } from '../estimator.js';

/** What trees must respect, by the number of each feature. */
export interface Constraints {
  /** 1 where predictions may not fall as the feature grows, -1 where they may not rise, else 0; null when all are free. */
  readonly monotone: Int8Array | null;
  /** Features that may occur on one path; null when all may. */
  readonly groups: readonly (readonly number[])[] | null;
}

/** The options that hold them, as texts that were found sound. */
export interface ConstraintOptions {
  readonly monotone: string | null;
  readonly interactions: string | null;
}

/**
 * Constraints of a matrix, whose features are named by what they were made of. Features in no group make up one more.
 * @throws MW_OPTION_INVALID for a name that no feature has, for the direction of a feature that is no number, and for directions when
 *   there is more than one output
 */
export function constraintsOf(
  owner: string,
  options: ConstraintOptions,
  features: readonly MatrixFeature[],
  outputs: number,
): Constraints {
  return {
    monotone: options.monotone === null ? null : monotoneOf(owner, options.monotone, features, outputs),
    groups: options.interactions === null ? null : groupsOf(owner, options.interactions, features),
  };
}

function monotoneOf(owner: string, text: string, features: readonly MatrixFeature[], outputs: number): Int8Array {
  const parsed = parseDirections(text);
  if ('problem' in parsed) refuse(owner, 'monotone', `${parsed.problem}.`);
  if (outputs > 1)
    refuse(
      owner,
      'monotone',
      `means nothing for ${outputs} classes, whose probabilities cannot all rise.`,
      'Leave it out, or predict one class against the rest.',
    );
  const out = new Int8Array(features.length);
  for (const [name, direction] of parsed.value) {
    const places = placesOf(owner, 'monotone', name, features);
    const [place] = places;
    if (places.length > 1 || features[place].name !== name || features[place].categories > 0)
      refuse(owner, 'monotone', `names '${name}', which is no number.`, 'Give directions to numbers and booleans only.', name);
    out[place] = direction;
  }
  return out;
}

function groupsOf(owner: string, text: string, features: readonly MatrixFeature[]): readonly (readonly number[])[] {
  const parsed = parseGroups(text);
  if ('problem' in parsed) refuse(owner, 'interactions', `${parsed.problem}.`);
  const groups = parsed.value.map((names) => names.flatMap((name) => placesOf(owner, 'interactions', name, features)));
  const listed = new Set(groups.flat());
  const rest = features.map((_, place) => place).filter((place) => !listed.has(place));
  return rest.length > 0 ? [...groups, rest] : groups;
}

const sourceOf = ({ name, source }: MatrixFeature): string => source ?? name;

function placesOf(owner: string, option: string, name: string, features: readonly MatrixFeature[]): number[] {
  const places = features.flatMap((feature, place) => (sourceOf(feature) === name ? [place] : []));
  if (places.length > 0) return places;
  const names = [...new Set(features.map(sourceOf))];
  const shown = names.length > 24 ? `${names.slice(0, 24).join(', ')}, and ${names.length - 24} more` : names.join(', ');
  return refuse(
    owner,
    option,
    `names '${name}', which is no feature.`,
    `${didYouMean(name, names)} Features: ${shown}.`.trim(),
    name,
  );
}

function refuse(owner: string, option: string, what: string, fix?: string, feature?: string): never {
  return fail('MW_OPTION_INVALID', {
    what: `${owner}: option '${option}' ${what}`,
    where: { option, ...(feature === undefined ? {} : { feature }) },
    ...(fix === undefined ? {} : { fix }),
  });
}
