import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { untilStopped } from '../until-stopped.js';

export const start = command({
  name: 'start',
  summary: 'Run the flights example through its whole life, then serve it.',
  detail:
    'Trains on January to March 2001, tests on April, replays May and June as live traffic on a simulated clock, and serves predictions and ' +
    'the dashboard until Ctrl-C. A second run does again only what has changed. In a project that Millwright is installed in, the flights ' +
    "come with 'npm install vega-datasets'.",
  args: [],
  options: declareOptions({
    once: { kind: 'boolean', default: false, doc: 'End after the summary.' },
    port: { kind: 'integer', default: 8080, min: 0, max: 65_535, doc: 'Port of the server; 0 takes a free one.' },
    definition: { kind: 'text', default: null, shows: 'FILE', doc: 'Another definition than that of the flights.' },
    from: { kind: 'text', default: '2001-05-01', shows: 'DATE', doc: 'First day of the replay.' },
    to: { kind: 'text', default: '2001-07-01', shows: 'DATE', doc: 'Day after the last of the replay.' },
    tick: { kind: 'duration', default: '10m', doc: 'Simulated time whose flights go in one request.' },
    ...STORE_OPTION,
  }),
  examples: ['npm start', 'npm start -- --once --json', 'millwright start --once'],
  async run(context) {
    const { once, port, definition, from, to, tick, store } = context.options;
    const [{ start: live }, { flightsExample }, { startJson, startText }, { parseDay }] = await Promise.all([
      import('../../run/start.js'),
      import('../../run/flights-example.js'),
      import('../text/start-text.js'),
      import('../parse-day.js'),
    ]);
    const example = definition === null ? flightsExample('.') : { definition };
    await inWorkspace(context, store, async (workspace) => {
      const input = { ...example, from: parseDay('from', from), to: parseDay('to', to), tick, port: once ? 0 : port };
      const outcome = await live(input, workspace);
      context.result(startJson(outcome, store), startText(outcome));
      if (once) {
        await outcome.live?.close();
        return;
      }
      if (outcome.live) {
        context.log.info(`Serving at ${outcome.live.url} - the dashboard is there too. Ctrl-C ends.`);
        await untilStopped(context.signal);
        await outcome.live.close();
        return;
      }
      const { serveReplayed } = await import('../../run/replay/replay-place.js');
      const served = await serveReplayed(outcome.trained.system, input.to, port, workspace);
      context.log.info(`Serving at ${served.url} - the dashboard is there too. Ctrl-C ends.`);
      await untilStopped(context.signal);
      await served.close();
    });
    return 0;
  },
});
