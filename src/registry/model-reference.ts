import { fail } from '../base/error.js';

/** What a reference names: a version by number, by alias, or whichever serves. */
export type ModelReference =
  | { readonly kind: 'version'; readonly model: string; readonly version: number }
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string }
  | { readonly kind: 'default'; readonly model: string };

const FORM = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?::([1-9]\d{0,8})|@([A-Za-z][A-Za-z0-9._-]{0,127}))?$/;

/** Reads 'name', 'name@alias' or 'name:3'; MW_REGISTRY_REFERENCE_INVALID for anything else. */
export function parseModelReference(text: string): ModelReference {
  const match = typeof text === 'string' ? FORM.exec(text.trim()) : null;
  if (!match) fail('MW_REGISTRY_REFERENCE_INVALID', { what: `${JSON.stringify(text)} does not name a model.` });
  const [, model = '', version, alias] = match;
  if (version !== undefined) return { kind: 'version', model, version: Number(version) };
  if (alias !== undefined) return { kind: 'alias', model, alias };
  return { kind: 'default', model };
}
