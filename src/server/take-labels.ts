import { MillwrightError } from '../base/error.js';
import type { LabelRow } from '../serve/ground-truth.js';
import type { ModelService } from '../serve/model-service.js';
import { momentText } from '../types/moment.js';
import type { LabelBody, LabelFateBody, LabelsRequest, LabelsResponse, MomentBody, RefusedRowBody } from './contract.js';
import { clipped, RefusedRows } from './error-answer.js';

const momentOf = momentText();

const REASONS = {
  waiting: 'It is not available yet, and joins when it is.',
  repeated: 'The label of the prediction was known, and is the same.',
  conflicting: 'The label of the prediction was known and is another, which stays.',
  dropped: 'It is not available yet, and too many others wait; send it again when it is.',
} as const;

/**
 * Takes the labels of a request in and says of each what became of it.
 * @throws MW_SERVE_LABEL_INVALID, naming every label that cannot be taken, unless the request is `partial`; none is taken then
 */
export async function takeLabels(service: ModelService, request: LabelsRequest, now: number): Promise<LabelsResponse> {
  const read = request.labels.map((label) => readLabel(label, service, now));
  if (!request.partial && !read.every(isRow)) throw refused(read);
  const good = read.filter(isRow);
  const joined = (await service.label(good, false)).length;
  const labels = read.map((label): LabelFateBody => {
    if (!isRow(label)) return { state: 'invalid', reason: clipped(label.message) };
    const state = service.fateOf(label);
    if (state === 'joined') return { state };
    const reason = state === 'unmatched' ? unmatched(label) : REASONS[state];
    return { state, reason };
  });
  return { model: service.name, joined, labels, truth: service.counts.truth };
}

const unmatched = (label: LabelRow): string =>
  'id' in label ? 'No prediction that is kept has this id.' : 'No prediction that is kept has this key and moment.';

const isRow = (label: LabelRow | MillwrightError): label is LabelRow => !(label instanceof MillwrightError);

/** The label as the service takes it, or what is wrong with it. */
function readLabel(body: LabelBody, service: ModelService, now: number): LabelRow | MillwrightError {
  try {
    service.checkLabel(body.label);
    const { label } = body;
    const availableAt = body.availableAt === undefined ? now : moment('availableAt', body.availableAt);
    return 'id' in body
      ? { id: body.id, label, availableAt }
      : { key: body.key, at: moment('at', body.at), label, availableAt };
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown;
    throw thrown;
  }
}

/** @throws MW_SERVE_LABEL_INVALID */
function moment(field: string, value: MomentBody): number {
  const at = typeof value === 'string' ? momentOf(value) : value;
  if (Number.isFinite(at)) return at;
  throw new MillwrightError('MW_SERVE_LABEL_INVALID', {
    what: `'${field}' must be an ISO 8601 moment or epoch milliseconds, not ${JSON.stringify(value).slice(0, 60)}.`,
    where: { column: field },
    fix: "Send a moment such as '2026-05-01T12:00:00Z'.",
  });
}

/** The error of a request that is refused for its bad labels: it names each of them. */
function refused(read: readonly (LabelRow | MillwrightError)[]): RefusedRows {
  const bad = read.flatMap((error, row) => (isRow(error) ? [] : [{ row, error }]));
  const [{ row, error: first }] = bad as [{ row: number; error: MillwrightError }];
  const others = bad.length - 1;
  const more = others === 0 ? '' : ` ${others === 1 ? 'Another label is' : `${others} other labels are`} bad as well.`;
  return new RefusedRows(
    'MW_SERVE_LABEL_INVALID',
    { what: `${clipped(first.message)}${more}`, where: { row }, fix: first.fix },
    bad.map(
      ({ row: place, error: { code, message, where } }): RefusedRowBody => ({
        row: place,
        problems: [{ code, column: String(where.column ?? 'label'), message: clipped(message) }],
      }),
    ),
  );
}
