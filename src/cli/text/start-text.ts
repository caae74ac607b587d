import { resourceUsage } from 'node:process';
import type { ReplayOutcome } from '../../run/replay/replay.js';
import type { StartOutcome } from '../../run/start.js';
import { figure, textTable } from './table.js';

const peakMemory = () => resourceUsage().maxRSS * 1024;

/** What machines are told of the main job. */
export function startJson(outcome: StartOutcome, store: string) {
  const { trained, replay } = outcome;
  const { predictions, labelsJoined, signals, retrains, promotions, meanLatencyMs, p99LatencyMs } = replay;
  return {
    seconds: outcome.seconds,
    peakMemoryBytes: peakMemory(),
    quality: {
      auc: trained.test?.['auc'] ?? null,
      aucWithoutWindows: outcome.aucWithoutWindows,
      aucLogistic: outcome.aucLogistic,
      ece: trained.test?.['ece'] ?? null,
      logloss: trained.test?.['logloss'] ?? null,
    },
    replay: { predictions, labelsJoined, signals, retrains, promotions, meanLatencyMs, p99LatencyMs },
    store,
    report: trained.report,
    reused: outcome.reused,
  };
}

/** What people are told of it. */
export function startText(outcome: StartOutcome): string {
  const { trained, replay } = outcome;
  const { name, version } = trained.model;
  const test = trained.test ?? {};
  return [
    `${name}: ${trained.rows.toLocaleString('en-US')} flights, ${trained.features} features`,
    '',
    'Quality on April, which nothing was learnt from',
    textTable(
      ['', 'AUC'],
      [
        [`version ${version}: features from windows, never from the future`, figure(test['auc'])],
        ['logistic regression on the same features', figure(outcome.aucLogistic)],
        ['the same trees without the windows', figure(outcome.aucWithoutWindows)],
      ],
    ),
    `calibration error ${figure(test['ece'])}, log loss ${figure(test['logloss'])}`,
    '',
    ...trained.gates.map((gate) => `${gate.passed ? '✓' : '✗'} ${gate.sentence}`),
    '',
    replayText(replay),
    '',
    `report: ${trained.report}`,
    `${figure(outcome.seconds)} s, ${(peakMemory() / 2 ** 30).toFixed(2)} GiB at most${outcome.reused.length > 0 ? `; not done again: ${outcome.reused.join(', ')}` : ''}`,
  ].join('\n');
}

/** A replay as a person reads it: a line a week, and the last alarm of each signal. */
export function replayText(replay: ReplayOutcome): string {
  const weeks = replay.days.filter((_, index) => index % 7 === 6 || index === replay.days.length - 1);
  return [
    `Replayed ${day(replay.days[0]?.day ?? 0)} to ${day(replay.days.at(-1)?.day ?? 0)} as live traffic: ${replay.predictions.toLocaleString('en-US')} predictions in ${replay.requests.toLocaleString('en-US')} requests, ${replay.labelsJoined.toLocaleString('en-US')} met their truth`,
    `a request took ${figure(replay.meanLatencyMs)} ms in the mean, ${figure(replay.p99LatencyMs)} ms at p99`,
    textTable(
      ['day', 'rows', 'positives', 'AUC', 'calibration', 'value'],
      weeks.map((each) => [
        day(each.day),
        figure(each.predictions),
        each.positives === null || each.labelled === 0 ? '–' : `${((100 * each.positives) / each.labelled).toFixed(1)} %`,
        figure(each.metrics['auc']),
        figure(each.metrics['ece']),
        figure(each.value),
      ]),
    ),
    `${replay.signals} alarms, ${replay.retrains} challengers trained, ${replay.promotions} promoted, ${replay.refusals} refused`,
    ...lastOfEach(replay.fired).map(({ day: at, signal, sentence }) => `  ${day(at)} ${signal}: ${sentence}`),
  ].join('\n');
}

function lastOfEach<T extends { readonly signal: string }>(fired: readonly T[]): T[] {
  return [...new Map(fired.toReversed().map((each) => [each.signal, each])).values()].toReversed();
}

const day = (moment: number) => new Date(moment).toISOString().slice(0, 10);
