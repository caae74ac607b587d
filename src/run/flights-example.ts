import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail } from '../base/error.js';
import { packageFolder } from '../base/package-version.js';

const DEFINITION = 'examples/flights/flights.system.ts';
const DATA = 'node_modules/vega-datasets/data/flights-3m.parquet';

/** A definition file, and where its relative paths start. */
export interface Example {
  readonly definition: string;
  readonly baseDir: string;
}

/**
 * The flights example, wherever Millwright is installed. Its data are an npm package of their own, which a clone brings along and any
 * other folder can install.
 * @param from the folder that the command is run in
 * @param own the folder of this package
 * @throws MW_DEFINITION_MISSING, MW_INGEST_FILE_MISSING
 */
export function flightsExample(from: string, own: string | null = packageFolder()): Example {
  const definition = join(own ?? '', DEFINITION);
  if (own === null || !existsSync(definition))
    fail('MW_DEFINITION_MISSING', {
      what: 'The flights example is not installed with this Millwright.',
      where: { file: definition },
    });
  const project = [own, ...upwards(resolve(from)), ...upwards(dirname(own))].find((folder) => existsSync(join(folder, DATA)));
  if (project === undefined)
    fail('MW_INGEST_FILE_MISSING', {
      what: "The flights of the example are in the npm package 'vega-datasets' (some 40 MB), which is not installed here.",
      where: { file: DATA },
      fix: "Run 'npm install vega-datasets@3' and then this again; or begin with a file of your own: millwright train FILE --target COLUMN.",
    });
  // The definition names its data from where it lies in a clone.
  return { definition, baseDir: join(project, dirname(DEFINITION)) };
}

/** A folder and those above it. */
function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}
