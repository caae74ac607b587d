import type { SignalBody, StatusResponse } from '../../src/server/contract.js';
import { count, day, figure } from './format.js';
import { LineChart } from './line-chart.js';

/** Quality, drift, value and volume, day by day. */
export function Daily({ status }: { readonly status: StatusResponse }) {
  const { daily, signals, system } = status;
  const labels = daily.map((each) => day(each.day));
  const metrics = [...new Set(daily.flatMap((each) => Object.keys(each.metrics)))];
  const watched = [...new Set(daily.flatMap((each) => Object.keys(each.psi)))];
  const quality = signals.find((signal) => signal.kind === 'quality')?.of ?? metrics[0];
  const boundOf = (kind: SignalBody['kind'], of: string | undefined) => {
    const bound = signals.find((signal) => signal.kind === kind && signal.of === of)?.bound ?? null;
    return bound === null ? undefined : { value: bound, name: `bound ${figure(bound)}` };
  };
  return (
    <section aria-label="Day by day">
      <h2>Day by day</h2>
      <div class="charts">
        <LineChart
          title={quality === undefined ? 'Quality' : `Quality: ${quality}`}
          labels={labels}
          series={quality === undefined ? [] : [{ name: quality, values: daily.map((each) => each.metrics[quality] ?? null) }]}
          bound={boundOf('quality', quality)}
          empty="No labels yet: quality is known once the truth has come in."
        />
        <LineChart
          title="Drift: PSI against training"
          labels={labels}
          series={watched.map((name) => ({ name, values: daily.map((each) => each.psi[name] ?? null) }))}
          bound={boundOf('drift', watched[0])}
          empty={daily.length === 0 ? 'No predictions yet.' : 'No signal watches drift.'}
          fromZero
        />
        {system.currency !== null && (
          <LineChart
            title={`Realised value, ${system.currency}`}
            labels={labels}
            series={[{ name: 'value', values: daily.map((each) => each.value) }]}
            empty="No labels yet."
            fromZero
          />
        )}
        <LineChart
          title="Predictions and labels"
          labels={labels}
          series={[
            { name: 'predicted', values: daily.map((each) => each.predictions) },
            { name: 'labelled', values: daily.map((each) => each.labelled) },
          ]}
          show={(value) => count(Math.round(value))}
          empty="No predictions yet."
          fromZero
        />
      </div>
    </section>
  );
}
