import { fail } from '../base/error.js';
import { nearest } from '../base/nearest.js';
import { parseModelReference } from '../registry/model-reference.js';
import type { ModelVersion } from '../registry/models.js';
import type { Workspace } from './workspace.js';

/** Aliases that Millwright itself gives and reads. */
const OWN_ALIASES = ['champion', 'challenger'];

/**
 * Points an alias to a version. A name that no model of the store has yet is made only when it is said to be new, because a misspelt
 * `champion` would serve nothing and tell nobody.
 * @throws MW_REGISTRY_*
 */
export async function pointAlias(
  reference: string,
  alias: string,
  { because, fresh }: { readonly because: string; readonly fresh: boolean },
  { models, by }: Workspace,
): Promise<ModelVersion> {
  const version = await models.resolve(reference);
  const known = new Set([...OWN_ALIASES, ...(await models.list()).flatMap(({ aliases }) => Object.keys(aliases))]);
  if (!fresh && !known.has(alias)) {
    parseModelReference(`${version.model}@${alias}`);
    const meant = nearest(alias, known);
    fail('MW_REGISTRY_ALIAS_UNKNOWN', {
      what: `No model has an alias '${alias}' yet.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
      where: { model: version.model, alias },
      fix: `Aliases so far: ${[...known].join(', ')}. Add --new to make '${alias}'.`,
    });
  }
  await models.setAlias(version.model, alias, version.version, { actor: by, reason: because });
  return models.get(version.model, version.version);
}

/** Takes an alias of a model away. @throws MW_REGISTRY_* */
export async function takeAlias(reference: string, alias: string, because: string, { models, by }: Workspace): Promise<string> {
  const { model } = await models.resolve(parseModelReference(reference).model);
  const known = (await models.versions(model)).flatMap(({ aliases }) => aliases);
  if (!known.includes(alias)) {
    const meant = nearest(alias, known);
    fail('MW_REGISTRY_ALIAS_UNKNOWN', {
      what: `The model '${model}' has no alias '${alias}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
      where: { model, alias },
      fix: known.length > 0 ? `Its aliases: ${known.join(', ')}.` : 'It has none.',
    });
  }
  await models.setAlias(model, alias, null, { actor: by, reason: because });
  return model;
}

/**
 * Takes a version out of the registry. Only a version that is named by its number and that no alias points to: 'customers' alone would
 * be whichever serves.
 * @throws MW_REGISTRY_*, MW_REGISTRY_REFERENCE_INVALID without a number
 */
export async function deleteVersion(reference: string, because: string, { models, by }: Workspace): Promise<ModelVersion> {
  const version = await deletable(reference, models);
  await models.delete(version.model, version.version, { actor: by, reason: because });
  return version;
}

/** The version that would be deleted. @throws as `deleteVersion` does */
export async function deletable(reference: string, models: Workspace['models']): Promise<ModelVersion> {
  if (parseModelReference(reference).kind !== 'version')
    fail('MW_REGISTRY_REFERENCE_INVALID', {
      what: `What is deleted is named by its number, not as '${reference}'.`,
      where: { model: reference },
      fix: "Write it like 'customers:3'.",
    });
  const version = await models.resolve(reference);
  if (version.aliases.length > 0)
    fail('MW_REGISTRY_ALIASED', {
      what: `'${version.id}' is ${version.aliases.map((alias) => `'${alias}'`).join(' and ')}.`,
      where: { model: version.model, version: version.version },
      fix: `Move the alias first: millwright models ${version.model}:N --alias ${version.aliases[0]}, or take it away: --unalias ${version.aliases[0]}.`,
    });
  return version;
}
