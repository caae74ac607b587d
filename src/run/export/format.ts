import type { OptionSpecs, OptionValues } from '../../base/options.js';
import type { SystemPlan } from '../../define/plan.js';
import type { Frame } from '../../frame/frame.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { ModelVersion } from '../../registry/models.js';

/** What is exported: a registered version, the pipeline and the plan it names, and rows to judge a file on. */
export interface ExportSubject {
  readonly version: ModelVersion;
  readonly pipeline: Pipeline;
  readonly plan: SystemPlan;
  /** Reads the rows when it is first asked. */
  rows(): Promise<RowsToJudge>;
}

/** Features of rows; null when there are none, and then `unmeasured` says why. */
export interface RowsToJudge {
  readonly table: Frame | null;
  readonly unmeasured: string | null;
  /** The test rows of the version with their labels, or what it was fitted to when it has none; null for rows of a file. */
  readonly labelled: { readonly name: 'test' | 'training'; readonly table: Frame; readonly target: Float64Array } | null;
}

/** A file of a format, and how to judge it. */
export interface ExportedFile {
  readonly content: string | Uint8Array;
  /** What the file takes, in order: the raw features, or the encoded inputs where it holds the model without the encoder. */
  readonly inputs: readonly string[];
  /** What a user of the file ought to know, a sentence each. */
  readonly notes: readonly string[];
  /** Files that belong to it, by what their names end in instead of the file's own ending. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Further figures of the format, for the result as JSON. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** Row-major outputs of the file on a feature table, computed as its readers compute, to be compared with the model's. */
  predict(table: Frame): Float64Array;
}

/** A format that models are exported to: one file, listed in the catalogue. Writers are loaded when they are asked for. */
export interface ExportFormat {
  /** What `--to` takes. */
  readonly name: string;
  /** One sentence, without a full stop, for the help. */
  readonly doc: string;
  /** What names of its files end in, without the dot; the name of the format unless given. */
  readonly ending?: string;
  /** Options of this format alone; no two formats share a name. */
  readonly options: OptionSpecs;
  /** @throws MW_EXCHANGE_UNSUPPORTED for a model that the format cannot hold */
  write(subject: ExportSubject, options: Readonly<Record<string, unknown>>): Promise<ExportedFile>;
}

/** A format whose `write` sees its options typed. */
export function exportFormat<const O extends OptionSpecs>(
  format: Omit<ExportFormat, 'options' | 'write'> & {
    readonly options: O;
    write(subject: ExportSubject, options: OptionValues<O>): Promise<ExportedFile>;
  },
): ExportFormat {
  return format as unknown as ExportFormat;
}
