import { useEffect, useState } from 'preact/hooks';
import type { StatusResponse } from '../../src/server/contract.js';
import { type RequestFailed, readModels, readStatus } from './api.js';
import { Audit } from './audit.js';
import { Daily } from './daily.js';
import { moment } from './format.js';
import { Live } from './live.js';
import { Loop } from './loop.js';
import { Signals } from './signals.js';
import { TryIt } from './try-it.js';
import { Versions } from './versions.js';

const POLL = 2000;

export function App() {
  const [models, setModels] = useState<readonly string[] | null>(null);
  const [model, setModel] = useState<string | null>(decodeURIComponent(location.hash.slice(1)) || null);
  const [status, setStatus] = useState<StatusResponse | null>(null);
  const [problem, setProblem] = useState<RequestFailed | null>(null);

  useEffect(() => {
    let stopped = false;
    let timer = 0;
    const poll = async () => {
      try {
        const names = (await readModels()).models.map(({ name }) => name);
        const chosen = model !== null && names.includes(model) ? model : (names[0] ?? null);
        const next = chosen === null ? null : await readStatus(chosen);
        if (stopped) return;
        setModels(names);
        setStatus(next);
        setProblem(null);
      } catch (thrown) {
        if (!stopped) setProblem(thrown as RequestFailed);
      }
      if (!stopped) timer = window.setTimeout(() => void poll(), POLL);
    };
    void poll();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [model]);

  const choose = (name: string) => {
    location.hash = encodeURIComponent(name);
    setModel(name);
  };

  return (
    <>
      <header class="top">
        <span class="brand">Millwright</span>
        {status && <span class="system">{status.system.name}</span>}
        {models && models.length > 1 && (
          <select aria-label="Model" value={status?.system.name} onChange={(event) => choose(event.currentTarget.value)}>
            {models.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <span class="spacer" />
        {problem ? (
          <span class="pill bad" role="status">
            not connected
          </span>
        ) : (
          <span class="pill good" role="status">
            {models === null ? 'connecting' : 'live'}
          </span>
        )}
        {status && <time>{moment(status.now)} UTC</time>}
      </header>
      {problem && (
        <p class="notice" role="alert">
          {problem.message} {problem.fix}
        </p>
      )}
      {models?.length === 0 && <p class="notice">No model is served here yet. Train one, then serve it.</p>}
      {status && (
        <main>
          {status.system.objective && <p class="objective">{status.system.objective}</p>}
          <Loop status={status} />
          <Live status={status} />
          <Daily status={status} />
          <div class="pair">
            <Signals signals={status.signals} />
            <TryIt key={status.system.name} status={status} />
          </div>
          <div class="pair">
            <Versions status={status} />
            <Audit entries={status.audit} />
          </div>
        </main>
      )}
    </>
  );
}
