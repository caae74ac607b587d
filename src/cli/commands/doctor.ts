import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { figure } from '../text/table.js';

const SIGN = { ok: '✓', warning: '!', failed: '✗' } as const;

export const doctor = command({
  name: 'doctor',
  summary: 'Look whether everything that Millwright needs is there and whole, and say what to do.',
  detail: 'Nothing is changed. Exit code 1 when something is wrong with the machine, 4 when it is the store.',
  args: [],
  options: declareOptions({ ...STORE_OPTION }),
  examples: ['millwright doctor', 'millwright doctor --store /var/lib/millwright --json'],
  async run(context) {
    const { diagnose } = await import('../../run/doctor.js');
    const found = await diagnose(context.options.store);
    const { millwright, node, cores, memoryBytes, machine, store, healthy } = found;
    const lines = [...machine, ...store].flatMap(({ state, name, what, fix }) => [
      `${SIGN[state]} ${name.padEnd(10)} ${what}`,
      ...(fix === null ? [] : [`  ${''.padEnd(10)} ${fix}`]),
    ]);
    context.result(
      found,
      [
        `Millwright ${millwright}, Node ${node}, ${cores} cores, ${figure(Math.round(memoryBytes / 2 ** 30))} GB of memory`,
        '',
        ...lines,
        '',
        healthy ? 'All is well.' : 'Something is wrong: see ✗ above.',
      ].join('\n'),
    );
    if (healthy) return 0;
    return machine.some(({ state }) => state === 'failed') ? 1 : 4;
  },
});
