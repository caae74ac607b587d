import type { MinuteBody, StatusResponse } from '../../src/server/contract.js';
import { clock, count, latency } from './format.js';
import { LineChart } from './line-chart.js';

const MINUTE = 60_000;

/** Traffic of the last hour of the server's clock. */
export function Live({ status }: { readonly status: StatusResponse }) {
  const minutes = filled(status.live.minutes);
  const labels = minutes.map(({ minute }) => clock(minute));
  const budget = status.system.latencyBudget;
  return (
    <section aria-label="Live traffic">
      <h2>Live</h2>
      <div class="charts">
        <LineChart
          title="Predictions per minute"
          labels={labels}
          series={[
            { name: 'predicted', values: minutes.map(({ predictions }) => predictions) },
            { name: 'rejected', values: minutes.map(({ rejected }) => rejected) },
          ]}
          show={(value) => count(Math.round(value))}
          empty="No predictions yet. Try one below."
          fromZero
        />
        <LineChart
          title="Latency of a call"
          labels={labels}
          series={[
            { name: 'p99', values: minutes.map(({ p99 }) => p99) },
            { name: 'p50', values: minutes.map(({ p50 }) => p50) },
          ]}
          show={latency}
          bound={budget === null ? undefined : { value: budget, name: `budget ${latency(budget)}` }}
          empty="No calls yet."
          fromZero
        />
      </div>
    </section>
  );
}

/** A minute without traffic is a zero, not a gap in time. */
function filled(minutes: readonly MinuteBody[]): readonly MinuteBody[] {
  const first = minutes[0];
  const last = minutes.at(-1);
  if (!first || !last) return [];
  const known = new Map(minutes.map((each) => [each.minute, each]));
  return Array.from({ length: (last.minute - first.minute) / MINUTE + 1 }, (_, i) => {
    const minute = first.minute + i * MINUTE;
    return known.get(minute) ?? { minute, predictions: 0, rejected: 0, p50: null, p99: null };
  });
}
