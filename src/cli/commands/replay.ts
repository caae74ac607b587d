import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { untilStopped } from '../until-stopped.js';

export const replay = command({
  name: 'replay',
  summary: 'Play a past span again as live traffic, with monitoring and retraining.',
  detail:
    "The champion is served on a simulated clock; the label source's rows of the span are asked about at their time and answered by their " +
    'outcome when it became known. Signals are judged every day; triggers train challengers, which are shadowed and promoted or refused. ' +
    'All of it happens in a store of its own, <store>/replays/<system>, and touches nothing that is live.',
  args: [{ name: 'definition', doc: 'a definition file, or a registered model' }],
  options: declareOptions({
    from: { kind: 'text', default: '', shows: 'DATE', doc: 'First day.' },
    to: { kind: 'text', default: '', shows: 'DATE', doc: 'Day after the last.' },
    tick: { kind: 'duration', default: '10m', doc: 'Simulated time whose rows go in one request.' },
    port: { kind: 'integer', default: 0, min: 0, max: 65_535, doc: 'Port of the server; 0 takes a free one.' },
    hold: { kind: 'boolean', default: false, doc: 'Go on serving after the replay until Ctrl-C.' },
    ...STORE_OPTION,
  }),
  examples: ['millwright replay examples/flights/flights.system.ts --from 2001-05-01 --to 2001-06-01'],
  async run(context) {
    const { from, to, tick, port, hold, store } = context.options;
    const [{ replaySystem }, { replayText }, { parseDay }] = await Promise.all([
      import('../../run/replay/replay-system.js'),
      import('../text/start-text.js'),
      import('../parse-day.js'),
    ]);
    const span = { from: parseDay('from', from), to: parseDay('to', to), tick, port };
    await inWorkspace(context, store, async (workspace) => {
      const done = await replaySystem(context.args['definition'] as string, span, workspace);
      context.result(done.outcome, replayText(done.outcome));
      if (hold) {
        context.log.info(`Serving at ${done.url}. Ctrl-C ends.`);
        await untilStopped(context.signal);
      }
      await done.close();
    });
    return 0;
  },
});
