import type { StatusResponse } from '../../src/server/contract.js';
import { day, figure } from './format.js';

export function Versions({ status }: { readonly status: StatusResponse }) {
  const { versions } = status;
  const metrics = [...new Set(versions.flatMap((version) => Object.keys(version.metrics)))].slice(0, 4);
  return (
    <section class="panel" aria-label="Versions">
      <h2>Versions</h2>
      {versions.length === 0 ? (
        <p class="empty">No versions are registered.</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>version</th>
                <th>estimator</th>
                {metrics.map((metric) => (
                  <th key={metric} class="number">
                    {metric}
                  </th>
                ))}
                <th>created</th>
              </tr>
            </thead>
            <tbody>
              {versions.map((version) => (
                <tr key={version.version}>
                  <td>
                    {version.version}{' '}
                    {version.aliases.map((alias) => (
                      <span key={alias} class={`pill ${alias === 'champion' ? 'good' : 'busy'}`}>
                        {alias}
                      </span>
                    ))}
                  </td>
                  <td>{version.estimator}</td>
                  {metrics.map((metric) => (
                    <td key={metric} class="number">
                      {figure(version.metrics[metric])}
                    </td>
                  ))}
                  <td class="note">{day(version.createdAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
