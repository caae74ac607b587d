import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { figure } from '../text/table.js';

const SIGN = { ok: '✓', warning: '!', failed: '✗' } as const;

export const doctor = command({
  name: 'doctor',
  summary: 'Look whether everything that Millwright needs is there and whole, and say what to do.',
  detail:
    'Nothing is changed unless --repair is given. Exit code 1 when something is wrong with the machine, 4 when it is the store. A repair keeps ' +
    "everything that is whole; what is damaged it puts into the store's folder 'damaged' and deletes nothing.",
  args: [],
  options: declareOptions({
    repair: { kind: 'boolean', default: false, doc: 'Mend what is damaged in the store, then look again. Stop servers first.' },
    ...STORE_OPTION,
  }),
  examples: ['millwright doctor', 'millwright doctor --repair', 'millwright doctor --store /var/lib/millwright --json'],
  async run(context) {
    const { diagnose } = await import('../../run/doctor.js');
    const { repair, store: dir } = context.options;
    const mended = repair ? await (await import('../../run/mend-store.js')).mendStore(dir) : null;
    const found = await diagnose(dir);
    const { millwright, node, cores, memoryBytes, machine, store, healthy } = found;
    const lines = [...machine, ...store].flatMap(({ state, name, what, fix }) => [
      `${SIGN[state]} ${name.padEnd(10)} ${what}`,
      ...(fix === null ? [] : [`  ${''.padEnd(10)} ${fix}`]),
    ]);
    const repaired =
      mended === null
        ? []
        : [
            ...(mended.done.length === 0 ? ['Nothing had to be mended.'] : mended.done.map((what) => `Mended: ${what}`)),
            ...(mended.aside === null ? [] : [`What was taken away is in ${mended.aside}`]),
            '',
          ];
    context.result(
      { ...found, repair: mended },
      [
        ...repaired,
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
