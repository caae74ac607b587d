import type { AuditBody } from '../../src/server/contract.js';
import { moment } from './format.js';

export function Audit({ entries }: { readonly entries: readonly AuditBody[] }) {
  return (
    <section class="panel" aria-label="Audit log">
      <h2>Audit log</h2>
      {entries.length === 0 ? (
        <p class="empty">Nothing has been decided yet.</p>
      ) : (
        <ol class="audit">
          {entries.map((entry) => (
            <li key={`${entry.at} ${entry.action} ${entry.subject}`}>
              <div>
                <strong>{entry.action}</strong> {entry.subject}
                <span class="spacer" />
                <time class="note">{moment(entry.at)}</time>
              </div>
              <p class="note">
                {entry.because} <span class="actor">by {entry.actor}</span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
