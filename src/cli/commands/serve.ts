import { declareOptions } from '../../base/options.js';
import { durabilityOptions } from '../../run/durability-option.js';
import { serverOptions } from '../../run/server-options.js';
import type { Workspace } from '../../run/workspace.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { untilStopped } from '../until-stopped.js';

export const serve = command({
  name: 'serve',
  summary: 'Serve registered models over HTTP, with their dashboard.',
  detail:
    'POST /v1/models/<name>/predict with {"rows": [{...}]}; GET /health, /ready, /metrics, /openapi.json; the dashboard is at \'/\'. Ctrl-C drains and ends.',
  args: [],
  options: declareOptions({
    model: {
      kind: 'texts',
      default: [],
      shows: 'MODEL',
      doc: "A model: 'name', 'name@alias' or 'name:3'. Give it once for each model to serve.",
    },
    port: { kind: 'integer', default: 8080, min: 0, max: 65_535, doc: 'Port; 0 takes a free one.' },
    host: { kind: 'text', default: '127.0.0.1', shows: 'ADDRESS', doc: 'Address to listen on.' },
    ...durabilityOptions,
    logDelay: {
      kind: 'duration',
      default: '10ms',
      doc: 'Longest time between the answer to a prediction and its being in the log; with 0ms it is answered after that.',
    },
    catchUp: {
      kind: 'text',
      default: '',
      shows: 'SOURCES',
      doc: "Read the files of these sources again and feed what became known since they were fed: names with commas between, or 'all'. Not for sources whose rows are pushed: they would count twice.",
    },
    allowHost: serverOptions.allowHosts,
    connections: serverOptions.connections,
    bodyLimit: serverOptions.bodyLimit,
    keepRejected: {
      kind: 'boolean',
      default: false,
      doc: 'Keep the values of refused rows in the log, which may be personal data, and not only their names and types.',
    },
    ...STORE_OPTION,
  }),
  examples: [
    'millwright serve --model customers',
    'millwright serve --model customers --model prices',
    'millwright serve --model returns --catch-up outcomes',
    'millwright serve --model customers@challenger --port 9000 --host 0.0.0.0',
  ],
  async run(context) {
    const { model, port, host, catchUp, logDelay, store, durability } = context.options;
    const { connections, bodyLimit, allowHost, keepRejected } = context.options;
    const options = {
      server: { connections, bodyLimit, allowHosts: allowHost },
      log: { delay: `${logDelay}ms`, rejectedValues: keepRejected },
    };
    const [{ serveTogether }, { fail }, { historyText }] = await Promise.all([
      import('../../run/serve-registered.js'),
      import('../../base/error.js'),
      import('../text/history-text.js'),
    ]);
    if (model.length === 0)
      fail('MW_CLI_ARGUMENT_MISSING', { what: 'The model to serve is not named.', fix: 'Add --model NAME.' });
    const names = catchUp.split(',').flatMap((name) => name.trim() || []);
    const work = async (workspace: Workspace) => {
      const again = { catchUp: catchUp === 'all' ? ('all' as const) : names };
      const served = await serveTogether(model, port, workspace, host, { ...options, ...again });
      const { url, history } = served;
      context.result(
        { model: model[0], models: model, url, history },
        [
          `Serving ${model.join(', ')} at ${url} - the dashboard is there too. Ctrl-C ends.`,
          ...history.flatMap(historyText),
        ].join('\n'),
      );
      await untilStopped(context.signal);
      context.log.info('Draining.');
      await served.close();
    };
    await inWorkspace(context, store, work, { durability });
    return 0;
  },
});
