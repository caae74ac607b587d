import { readFile } from 'node:fs/promises';
import { writeOutput } from './write-output.js';

/** Writes the report of a version where a person can open it. @throws MW_CLI_OUTPUT_UNWRITABLE */
export async function writeReport(kept: string, out: string): Promise<void> {
  await writeOutput(out, await readFile(kept, 'utf8'));
}
