import { statSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, MillwrightError, type Where } from '../base/error.js';
import { checkPlan } from '../define/check-plan.js';
import { isSystem, type System } from '../define/system.js';

/** A definition file, loaded. */
export interface LoadedDefinition {
  readonly system: System;
  /** The file, absolute. */
  readonly path: string;
  /** Where the definition's relative paths start. */
  readonly baseDir: string;
}

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a definition file, TypeScript or JavaScript, from any folder; `millwright` in it is this package itself.
 * @throws MW_DEFINITION_MISSING, MW_DEFINITION_SYNTAX, MW_DEFINITION_THREW, MW_DEFINITION_NO_SYSTEM, and the codes of the
 * definition's own mistakes with the line they were made on
 */
export async function loadDefinition(path: string): Promise<LoadedDefinition> {
  const file = resolve(path);
  const there = statSync(file, { throwIfNoEntry: false });
  if (!there) fail('MW_DEFINITION_MISSING', { what: `There is no file ${path}.`, where: { file: path } });
  if (!there.isFile() || !EXTENSIONS.includes(extname(file)))
    fail('MW_DEFINITION_MISSING', { what: `${path} is not a definition file.`, where: { file: path } });
  const exported = await evaluate(file);
  if (!Object.hasOwn(exported, 'default'))
    fail('MW_DEFINITION_NO_SYSTEM', { what: `${shortPath(file)} has no default export.`, where: { file: shortPath(file) } });
  const system: unknown = exported.default;
  if (!isSystem(system))
    fail('MW_DEFINITION_NO_SYSTEM', {
      what: `The default export of ${shortPath(file)} is not a system.`,
      where: { file: shortPath(file) },
    });
  checkPlan(system.plan);
  return { system, path: file, baseDir: dirname(file) };
}

async function evaluate(file: string): Promise<Readonly<Record<string, unknown>>> {
  const [{ createJiti }, language] = await Promise.all([import('jiti'), import('../define/language.js')]);
  // A definition shares this very copy of the language, wherever it lies and however this package was started.
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: { millwright: { ...language } },
  });
  try {
    return await jiti.import<Readonly<Record<string, unknown>>>(file);
  } catch (thrown) {
    return complain(file, thrown);
  }
}

function complain(file: string, thrown: unknown): never {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const parse = /^ParseError: ([^\n]*?)\s*\n\s*(.+):(\d+):(\d+)$/.exec(message);
  if (parse) {
    const [, problem, at, line, column] = parse as unknown as [string, string, string, string, string];
    fail('MW_DEFINITION_SYNTAX', {
      what: `${shortPath(at)} is not valid: ${problem.replace(/\.$/, '')}.`,
      where: { file: shortPath(at), line: Number(line), column: Number(column) },
      cause: thrown,
    });
  }
  const where = placeOf(file, thrown);
  if (thrown instanceof MillwrightError)
    throw new MillwrightError(thrown.code, {
      what: thrown.message,
      where: { ...thrown.where, ...where },
      fix: thrown.fix,
      cause: thrown,
    });
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(message);
  if (missing)
    fail('MW_DEFINITION_THREW', {
      what: `The definition imports '${missing[1]}', which cannot be found.`,
      where,
      fix: 'Correct the import, or install the package beside the definition.',
      cause: thrown,
    });
  const first = (message.split('\n')[0] as string).replace(/\.$/, '');
  return fail('MW_DEFINITION_THREW', { what: `The definition threw: ${first}.`, where, cause: thrown });
}

const OWN = dirname(dirname(fileURLToPath(import.meta.url)));

/** The place in the user's files that an error comes from, by its stack. */
function placeOf(file: string, thrown: unknown): Where {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const frames = [...stack.matchAll(/^\s+at .*?\(?((?:file:\/\/)?(?:[A-Za-z]:)?[/\\][^\n()]*?):(\d+):(\d+)\)?$/gm)].map(
    ([, at, line]) => ({
      at: (at as string).startsWith('file://') ? fileURLToPath(at as string) : (at as string),
      line: Number(line),
    }),
  );
  const theirs = frames.filter(({ at }) => !at.includes('node_modules') && !at.startsWith(OWN));
  const place = theirs.find(({ at }) => at === file) ?? theirs[0];
  return place ? { file: shortPath(place.at), line: place.line } : { file: shortPath(file) };
}

/** A path as a person at this prompt would write it. */
function shortPath(path: string): string {
  const near = relative('.', path);
  return near.startsWith('..') ? path : near;
}
