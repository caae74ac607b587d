import type { StatusResponse } from '../../src/server/contract.js';
import { count, latency, percent } from './format.js';

/** The loop at a glance: serve, collect truth, watch, challenge. */
export function Loop({ status }: { readonly status: StatusResponse }) {
  const { live, truth, signals, log } = status;
  const fired = signals.filter(({ state }) => state === 'fired');
  const unknown = signals.filter(({ state }) => state === 'insufficient');
  const share = truth.predictions > 0 ? truth.joined / truth.predictions : 0;
  const budget = status.system.latencyBudget;
  const late = budget !== null && live.p99 !== null && live.p99 > budget;
  return (
    <ol class="loop" aria-label="The loop">
      <Stage
        name="Serve"
        figure={status.champion}
        note={`champion${live.p99 === null ? ', no calls yet' : `, p99 ${latency(live.p99)}`}`}
        tone={late ? 'bad' : 'good'}
      />
      <Stage
        name="Log"
        figure={count(log.predictions)}
        note={
          log.failures > 0 && log.waiting > 0
            ? `${count(log.waiting)} waiting, ${count(log.failures)} failed writes`
            : `predictions${log.warned > 0 ? `, ${count(log.warned)} with warnings` : ''}, ${count(log.waiting)} waiting`
        }
        tone={log.failures > 0 && log.waiting > 0 ? 'bad' : 'good'}
      />
      <Stage
        name="Learn the truth"
        figure={count(truth.joined)}
        note={truth.joined === 0 ? 'no labels yet' : `labels, ${percent(share)} of predictions`}
        tone={truth.joined === 0 ? 'idle' : 'good'}
      />
      <Stage
        name="Watch"
        figure={signals.length === 0 ? 'nothing' : fired.length > 0 ? `${fired.length} fired` : 'quiet'}
        note={
          signals.length === 0
            ? 'no signals defined'
            : unknown.length > 0
              ? `${unknown.length} of ${signals.length} lack data`
              : `${signals.length} signal${signals.length === 1 ? '' : 's'}`
        }
        tone={fired.length > 0 ? 'bad' : unknown.length > 0 || signals.length === 0 ? 'idle' : 'good'}
      />
      <Stage
        name="Challenge"
        figure={status.challenger ?? 'none'}
        note={status.challenger ? 'challenger in shadow' : 'no challenger'}
        tone={status.challenger ? 'busy' : 'idle'}
      />
    </ol>
  );
}

interface StageProps {
  readonly name: string;
  readonly figure: string;
  readonly note: string;
  readonly tone: 'good' | 'bad' | 'idle' | 'busy';
}

function Stage({ name, figure, note, tone }: StageProps) {
  return (
    <li class={`stage ${tone}`}>
      <span class="label">{name}</span>
      <strong title={figure}>{figure}</strong>
      <span class="note">{note}</span>
    </li>
  );
}
