import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure } from '../text/table.js';

export const reproduce = command({
  name: 'reproduce',
  summary: 'Make a version again from the data that the store kept, and compare byte by byte.',
  detail: 'Exit code 3 when the bytes differ; what is known to be different is named.',
  args: [{ name: 'version', doc: "a version as 'name:3', 'name@alias' or 'name'" }],
  options: declareOptions({ ...STORE_OPTION }),
  examples: ['millwright reproduce customers:1', 'millwright reproduce flight-delay@champion --json'],
  async run(context) {
    const { reproduce: made } = await import('../../run/reproduce.js');
    const outcome = await inWorkspace(context, context.options.store, (workspace) =>
      made(context.args['version'] as string, workspace),
    );
    const { model, version, identical, hash, differences, seconds } = outcome;
    const text = identical
      ? `✓ ${model}:${version} was made again, identical to the byte: ${hash}`
      : `✗ ${model}:${version} came out different: ${outcome.made}, not ${hash}\n${differences.map((line) => `  ${line}`).join('\n')}`;
    context.result(outcome, `${text}\n${figure(seconds)} s`);
    return identical ? 0 : 3;
  },
});
