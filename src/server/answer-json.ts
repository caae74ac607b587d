import type { Answer } from '../serve/predict.js';
import { rowErrorDetail } from './error-answer.js';

/** Writes prediction answers as JSON by hand: the fixed parts are text made once per version. */
export interface AnswerWriter {
  /** The body of a PredictResponse. */
  write(answers: readonly Answer[]): string;
}

export function answerWriter(model: string, version: string, classes: readonly string[]): AnswerWriter {
  const head = `{"model":${JSON.stringify(model)},"version":${JSON.stringify(version)},"predictions":[`;
  const labels = new Map(classes.map((label) => [label, JSON.stringify(label)]));
  return {
    write(answers) {
      let json = head;
      for (let i = 0; i < answers.length; i++) {
        if (i > 0) json += ',';
        json += one(answers[i] as Answer, labels);
      }
      return `${json}]}`;
    },
  };
}

function one(answer: Answer, labels: ReadonlyMap<string, string>): string {
  if (!answer.ok) return `{"error":${JSON.stringify(rowErrorDetail(answer))},"id":"${answer.id}"}`;
  const prediction =
    typeof answer.prediction === 'number' ? number(answer.prediction) : (labels.get(answer.prediction) ?? 'null');
  const warnings = answer.warnings === undefined ? '' : `,"warnings":${JSON.stringify(answer.warnings)}`;
  const reasons = answer.reasons === undefined ? '' : `,"reasons":${JSON.stringify(answer.reasons)}`;
  return `{"prediction":${prediction},"probability":${probability(answer.probability, labels)},"id":"${answer.id}"${warnings}${reasons}}`;
}

function probability(value: number | Readonly<Record<string, number>> | null, labels: ReadonlyMap<string, string>): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return number(value);
  let json = '{';
  for (const [name, text] of labels) json += `${json === '{' ? '' : ','}${text}:${number(value[name] as number)}`;
  return `${json}}`;
}

/** JSON has no NaN and no infinities. */
const number = (value: number): string => (Number.isFinite(value) ? String(value) : 'null');
