import { systemClock } from '../../base/clock.js';
import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { READING_OPTIONS, readingOf, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';

export const validate = command({
  name: 'validate',
  summary: 'Hold a file against a contract, or infer the contract that it holds.',
  detail:
    'Exit code 3 when it does not hold: a check that must hold fails, or rows could not be read or would go to the quarantine. ' +
    'Checks that only warn are shown and do not count.',
  args: [{ name: 'file', doc: 'CSV, JSON, JSON lines, Parquet or Arrow file, gzipped or not' }],
  options: declareOptions({
    against: {
      kind: 'text',
      default: null,
      shows: 'CONTRACT',
      doc: 'A contract as JSON, or a definition or model: then the contract of the source that has the label.',
    },
    source: { kind: 'text', default: null, shows: 'NAME', doc: 'Another source of the definition or model.' },
    writeContract: {
      kind: 'text',
      default: null,
      shows: 'FILE',
      doc: 'Infer the contract that the file holds and write it here.',
    },
    ...READING_OPTIONS,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright validate customers.csv --write-contract contract.json',
    'millwright validate later.csv --against contract.json',
    'millwright validate later.csv --against customers@champion --json',
  ],
  async run(context) {
    const { against, source, writeContract, store } = context.options;
    const file = context.args['file'] as string;
    const { contractOfFile, contractOfSubject, validateFile, writeInferredContract } = await import(
      '../../run/validate-file.js'
    );
    if (writeContract !== null && against !== null)
      fail('MW_OPTION_INVALID', {
        what: 'A file is held against a contract, or one is inferred from it: not both at once.',
        fix: 'Give either --against or --write-contract.',
      });
    if (writeContract !== null) {
      const contract = await writeInferredContract(file, writeContract, readingOf(context.options));
      context.result(
        { contract, out: writeContract },
        `${writeContract}: ${Object.keys(contract.columns).length} columns, ${contract.checks.length} checks that ${file} holds.`,
      );
      return 0;
    }
    if (against === null)
      fail('MW_CLI_ARGUMENT_MISSING', {
        what: 'What the file is held against is not named.',
        fix: 'Add --against CONTRACT, or --write-contract FILE to infer one.',
      });
    const contract = /\.json$/i.test(against)
      ? await contractOfFile(against)
      : await inWorkspace(context, store, (workspace) => contractOfSubject(against, source, workspace), { readOnly: true });
    const [outcome, { validationText }] = await Promise.all([
      validateFile(file, contract, systemClock.now(), readingOf(context.options)),
      import('../text/validation-text.js'),
    ]);
    context.result(outcome, validationText(outcome));
    return outcome.passed ? 0 : 3;
  },
});
