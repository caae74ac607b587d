import type { TrainOutcome } from '../../run/train-system.js';
import { figure, textTable } from './table.js';

/** The outcome of a training as a person reads it. */
export function trainText(outcome: TrainOutcome): string {
  const names = Object.keys(outcome.validation);
  const metrics = textTable(
    ['metric', 'validation', 'test'],
    names.map((name) => [name, figure(outcome.validation[name]), figure(outcome.test?.[name])]),
  );
  const by = names[0] as string;
  const candidates = textTable(
    ['candidate', `${by} (validation)`, `${by} (test)`, 'parameters'],
    outcome.candidates.map(({ name, validation, test, params }) => [
      name,
      figure(validation[by]),
      test ? figure(test[by]) : '',
      shown(params),
    ]),
  );
  const { name, version, hash } = outcome.model;
  return [
    `${name}: ${outcome.problem}, ${outcome.rows.toLocaleString('en-US')} rows, ${outcome.features} features`,
    '',
    metrics,
    '',
    candidates,
    '',
    ...outcome.gates.map((gate) => `${gate.passed ? '✓' : '✗'} ${gate.sentence}`),
    ...(outcome.warnings.length > 0 ? ['', ...outcome.warnings.map((warning) => `! ${warning}`)] : []),
    '',
    `${name}:${version} ${hash.slice(0, 19)} ${outcome.accepted ? 'accepted' : 'refused by a gate'}${outcome.aliases.length > 0 ? `, is ${outcome.aliases.join(' and ')}` : ''}`,
    `report: ${outcome.report}`,
    `${figure(outcome.seconds)} s${
      outcome.steps.some(({ reused }) => reused)
        ? `, not done again: ${outcome.steps
            .filter(({ reused }) => reused)
            .map((step) => step.name)
            .join(', ')}`
        : ''
    }`,
  ].join('\n');
}

const shown = (params: Readonly<Record<string, unknown>>) =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(', ');
