import type { SignalBody } from '../../src/server/contract.js';
import { figure } from './format.js';

const TONE = { fired: 'bad', quiet: 'good', insufficient: 'idle' } as const;
const WORD = { fired: 'fired', quiet: 'quiet', insufficient: 'insufficient data' } as const;

export function Signals({ signals }: { readonly signals: readonly SignalBody[] }) {
  return (
    <section class="panel" aria-label="Signals">
      <h2>Signals</h2>
      {signals.length === 0 ? (
        <p class="empty">The definition watches nothing. Add signals under 'watch'.</p>
      ) : (
        <ul class="signals">
          {signals.map((signal) => (
            <li key={signal.name}>
              <div>
                <strong>{signal.name}</strong>
                <span class={`pill ${TONE[signal.state]}`}>{WORD[signal.state]}</span>
                <span class="spacer" />
                <span class="figures">
                  {figure(signal.figure)} <span class="note">bound {figure(signal.bound)}</span>
                </span>
              </div>
              <p class="note">{signal.sentence}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
