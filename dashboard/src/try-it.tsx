import { useState } from 'preact/hooks';
import type { FailedRowBody, PredictionBody, RequestColumnBody, StatusResponse } from '../../src/server/contract.js';
import { predict, type RequestFailed } from './api.js';
import { percent } from './format.js';

/** A form over the request's columns that asks for one prediction. */
export function TryIt({ status }: { readonly status: StatusResponse }) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [answer, setAnswer] = useState<PredictionBody | FailedRowBody | null>(null);
  const [problem, setProblem] = useState<RequestFailed | null>(null);
  const [asking, setAsking] = useState(false);
  const ask = async (event: Event) => {
    event.preventDefault();
    setAsking(true);
    try {
      // Texts are sent as they were typed: the server reads them as the column says.
      const row = Object.fromEntries(
        status.request.flatMap(({ name }) => {
          const text = texts[name] ?? '';
          return text === '' ? [] : [[name, text] as const];
        }),
      );
      const { predictions } = await predict(status.system.name, { rows: [row] });
      setAnswer(predictions[0] ?? null);
      setProblem(null);
    } catch (thrown) {
      setAnswer(null);
      setProblem(thrown as RequestFailed);
    }
    setAsking(false);
  };
  return (
    <section class="panel" aria-label="Try it">
      <h2>Try it</h2>
      <form onSubmit={(event) => void ask(event)}>
        <div class="fields">
          {status.request.map((column) => (
            <label key={column.name}>
              <span>
                {column.name} <span class="note">{column.nullable ? `${column.type}, optional` : column.type}</span>
              </span>
              <Field
                column={column}
                now={status.now}
                text={texts[column.name] ?? ''}
                onText={(text) => setTexts({ ...texts, [column.name]: text })}
              />
            </label>
          ))}
        </div>
        <button type="submit" disabled={asking}>
          Predict
        </button>
      </form>
      <div class="answer" role="status">
        {problem && (
          <p class="problem">
            {problem.message} <span class="note">{problem.fix}</span>
          </p>
        )}
        {answer && 'prediction' in answer && <Answer answer={answer} />}
      </div>
    </section>
  );
}

function Answer({ answer }: { readonly answer: PredictionBody }) {
  const { probability } = answer;
  return (
    <p>
      <strong class="prediction">{String(answer.prediction)}</strong>
      {typeof probability === 'number' && <span>probability {percent(probability)}</span>}
      {probability !== null && typeof probability === 'object' && (
        <span>
          {Object.entries(probability)
            .map(([name, share]) => `${name} ${percent(share)}`)
            .join(', ')}
        </span>
      )}
      <code class="note">{answer.id}</code>
      {answer.warnings && (
        <span class="note">
          {answer.warnings.map(({ code, column }) => (column === null ? code : `${code}: ${column}`)).join(', ')}
        </span>
      )}
    </p>
  );
}

interface FieldProps {
  readonly column: RequestColumnBody;
  /** The server's clock, for an example of a moment. */
  readonly now: number;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function Field({ column, now, text, onText }: FieldProps) {
  const choices = column.type === 'boolean' ? ['true', 'false'] : column.categories;
  if (choices !== null)
    return (
      <select value={text} onChange={(event) => onText(event.currentTarget.value)}>
        <option value="">–</option>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  const numeric = column.type === 'number' || column.type === 'integer';
  return (
    <input
      value={text}
      inputMode={numeric ? 'decimal' : 'text'}
      placeholder={column.type === 'timestamp' ? `${new Date(now).toISOString().slice(0, 16)}:00Z` : ''}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}
