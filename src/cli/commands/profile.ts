import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { READING_OPTIONS, readingOf } from '../common-options.js';

export const profile = command({
  name: 'profile',
  summary: 'Show what a file holds: types, missing values, figures of each column, and what stands out.',
  args: [{ name: 'file', doc: 'CSV, JSON, JSON lines, Parquet or Arrow file, gzipped or not' }],
  options: declareOptions({
    target: {
      kind: 'text',
      default: null,
      shows: 'COLUMN',
      doc: 'The column to be predicted: its classes are counted, and columns that give it away are found.',
    },
    time: { kind: 'text', default: null, shows: 'COLUMN', doc: 'A column that must be of moments.' },
    ...READING_OPTIONS,
  }),
  examples: ['millwright profile customers.csv', 'millwright profile customers.csv --target churned --json'],
  async run(context) {
    const [{ profileFile }, { profileText }] = await Promise.all([
      import('../../run/profile-file.js'),
      import('../text/profile-text.js'),
    ]);
    const found = await profileFile(
      context.args['file'] as string,
      context.options.target,
      readingOf(context.options),
      context.options.time,
    );
    context.result(found, profileText(found));
    return 0;
  },
});
