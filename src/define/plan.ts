import type { Scalar } from '../frame/column.js';
import type { Expression } from '../frame/expression.js';
import type { CalibrationMethod } from '../models/calibration/calibration.js';
import type { ColumnType } from '../types/catalogue.js';
import type { ReadingPlan } from '../types/reading-plan.js';
import type { StrategyName } from './strategies.js';

/**
 * The plan: what a definition means, as frozen plain data with a `kind` on every node. It can be hashed, printed, compared
 * and stored; stages read it and never the code it came from. All spans are milliseconds, all moments epoch milliseconds UTC.
 */
export interface SystemPlan {
  readonly kind: 'system';
  /** Version of the plan's own form. */
  readonly format: 1;
  readonly name: string;
  readonly problem: ProblemPlan;
  readonly sources: Readonly<Record<string, SourcePlan>>;
  readonly views: readonly ViewPlan[];
  readonly request: RequestPlan;
  /** The model's inputs in their order. */
  readonly features: readonly FeaturePlan[];
  readonly label: LabelPlan;
  readonly train: TrainPlan;
  readonly accept: readonly GatePlan[];
  readonly serve: ServePlan;
  readonly watch: Readonly<Record<string, SignalPlan>>;
  readonly retrain: RetrainPlan | null;
}

export type Task = 'binary' | 'multiclass' | 'regression';

export interface ProblemPlan {
  readonly kind: 'problem';
  readonly task: Task;
  /** What is optimised and what the prediction decides, in the owner's words. */
  readonly objective: string;
  readonly decision: string;
  readonly risk: 'low' | 'medium' | 'high';
  /** Budget for the p99 of one prediction, milliseconds. */
  readonly latency: number | null;
  /** Money per decided row of a binary problem; null when the owner named none. */
  readonly value: ValuePlan | null;
}

/** Pay-off of each outcome of a binary decision, in the owner's currency; `capacity` is the largest share of rows acted on. */
export interface ValuePlan {
  readonly kind: 'value';
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
  readonly capacity: number | null;
  readonly currency: string;
}

export interface SourcePlan {
  readonly kind: 'source';
  readonly name: string;
  readonly from: ConnectorPlan;
  readonly key: readonly string[];
  /** The event-time column; null for a table without time. */
  readonly time: string | null;
  /** When a row becomes known, a timestamp expression over its columns; null means at its event time. */
  readonly availableAt: Expression | null;
  readonly contract: ContractPlan;
}

/** Where rows come from. `path` may be a glob; relative paths start at the definition's folder. */
export interface ConnectorPlan {
  readonly kind: 'connector';
  readonly format: SourceFormat;
  readonly path: string;
  readonly options: {
    readonly delimiter?: string;
    readonly quote?: string;
    readonly header?: boolean;
    /** What stands before a quote inside quotes; the quote itself unless said. */
    readonly escape?: string;
    /** Lines that begin with it are left out. */
    readonly comment?: string;
    /** Lines before the header, or before the first row, that are left out. */
    readonly skip?: number;
    /** utf-8, utf-16, latin-1, or a label of the WHATWG list. */
    readonly encoding?: string;
    /** Texts that mean missing in every column, beside the empty one; the columns of a definition say them too. */
    readonly missing?: readonly string[];
    /** SQL over the tables of a DuckDB database file. */
    readonly query?: string;
  };
}
export type SourceFormat = 'csv' | 'json' | 'jsonl' | 'parquet' | 'arrow' | 'duckdb';

/** Schema and expectations: held at ingest, at training and on the request. */
export interface ContractPlan {
  readonly kind: 'contract';
  readonly columns: Readonly<Record<string, ColumnPlan>>;
  readonly checks: readonly CheckPlan[];
}

/** `integer` is a number without fraction, `category` a string from a closed list, `text` a string in natural language. */
export interface ColumnPlan {
  readonly kind: 'column';
  readonly type: ColumnType;
  readonly categories: readonly string[] | null;
  readonly nullable: boolean;
  /** How its values are written; absent where that is the default way. */
  readonly reads?: ReadingPlan;
}
export type { ColumnType, ReadingPlan };

/** What happens to what fails: the row stays and is counted, the row goes to the quarantine, the run stops. */
export type Severity = 'warn' | 'quarantine' | 'fail';

export type CheckPlan = { readonly kind: 'check'; readonly onFail: Severity } & (
  | { readonly check: 'type'; readonly column: string }
  | { readonly check: 'notNull'; readonly column: string; readonly atMost: number }
  | { readonly check: 'between'; readonly column: string; readonly low: number | null; readonly high: number | null }
  | { readonly check: 'oneOf'; readonly column: string; readonly values: readonly string[] }
  | { readonly check: 'matches'; readonly column: string; readonly pattern: string }
  | { readonly check: 'unique'; readonly columns: readonly string[] }
  | { readonly check: 'freshWithin'; readonly column: string; readonly span: number }
  | { readonly check: 'rowCount'; readonly low: number | null; readonly high: number | null }
  | { readonly check: 'monotone'; readonly column: string }
  | {
      readonly check: 'references';
      readonly columns: readonly string[];
      readonly source: string;
      readonly target: readonly string[];
    }
  | { readonly check: 'holds'; readonly name: string; readonly expression: Expression }
  /** SQL over the table `rows`; every row it selects by `row_id` (or, without that column, any row at all) is a failure. */
  | { readonly check: 'sql'; readonly name: string; readonly query: string }
);

/** Windowed aggregates of a source by entity; `by` is empty for one window over the whole source. */
export interface ViewPlan {
  readonly kind: 'view';
  readonly name: string;
  readonly source: string;
  readonly by: readonly KeyPlan[];
  readonly aggregates: readonly AggregatePlan[];
}

/** The source column that carries the entity and the request column that looks it up. */
export interface KeyPlan {
  readonly kind: 'key';
  readonly column: string;
  readonly request: string;
}

/** One aggregate over several windows: `value` and `where` are over the source's columns; one feature a window. */
export interface AggregatePlan {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly op: AggregateName;
  readonly value: Expression | null;
  readonly where: Expression | null;
  readonly windows: readonly WindowPlan[];
}
export type AggregateName = 'count' | 'sum' | 'mean' | 'variance' | 'min' | 'max' | 'last';
/** `feature` is the full name of the output (`lateRate_3h`); an event counts when t - span <= event time < t and it was available at t. */
export interface WindowPlan {
  readonly kind: 'window';
  readonly span: number;
  readonly feature: string;
}

/** What arrives with a request. `time` names the timestamp column of the moment asked about; null means now. */
export interface RequestPlan {
  readonly kind: 'request';
  readonly time: string | null;
  readonly columns: Readonly<Record<string, ColumnPlan>>;
}

/** A model input: of the request, of a window, or derived from those by an expression over their names. */
export interface FeaturePlan {
  readonly kind: 'feature';
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'category' | 'text';
  readonly from:
    | { readonly kind: 'fromRequest'; readonly column: string }
    | { readonly kind: 'fromWindow'; readonly view: string }
    | { readonly kind: 'fromExpression'; readonly expression: Expression };
}

/** The truth to predict, an expression over the rows of one source; known when that source's row is available. */
export interface LabelPlan {
  readonly kind: 'label';
  readonly source: string;
  readonly expression: Expression;
  /** Class that `probability` speaks of in a binary problem, as text ('true' for a boolean label). */
  readonly positive: string | null;
}

export interface TrainPlan {
  readonly kind: 'train';
  readonly split: SplitPlan;
  /** Largest number of training rows; more are sampled, seeded. */
  readonly sample: number | null;
  readonly candidates: readonly CandidatePlan[];
  readonly search: SearchPlan;
  /** How the winner's probabilities are set right on validation rows; absent: not at all. */
  readonly calibrate?: CalibrationMethod;
}

/**
 * How rows are parted. By time: [from, validation) trains, then validation, then test, each `gap` apart from what was before it, bounds
 * as moments. At random: shares of the rows, stratified by class. By folds: k contiguous (time) or shuffled parts for choosing, and a
 * random test share.
 */
export type SplitPlan =
  | {
      readonly kind: 'timeSplit';
      readonly column: string;
      readonly from: number;
      readonly validationFrom: number;
      readonly testFrom: number;
      readonly to: number;
      readonly gap: number;
    }
  | { readonly kind: 'randomSplit'; readonly test: number; readonly validation: number }
  | {
      readonly kind: 'foldSplit';
      readonly test: number;
      readonly folds: number;
      readonly column: string | null;
      readonly gap: number;
    };

/** An estimator by its catalogue name, or an ensemble such as 'stack(gbdt,logistic)', each parameter fixed or a space to search. */
export interface CandidatePlan {
  readonly kind: 'candidate';
  readonly estimator: string;
  readonly params: Readonly<Record<string, number | string | boolean | SpacePlan>>;
}
export type SpacePlan =
  | { readonly kind: 'intSpace'; readonly low: number; readonly high: number }
  | { readonly kind: 'uniformSpace'; readonly low: number; readonly high: number }
  | { readonly kind: 'logUniformSpace'; readonly low: number; readonly high: number }
  | { readonly kind: 'choiceSpace'; readonly choices: readonly (number | string | boolean)[] };

export interface SearchPlan {
  readonly kind: 'search';
  /** Metric of the validation rows to choose by; `value` is money. */
  readonly by: string;
  /** Trials over all candidates. */
  readonly trials: number;
  /** Wall time of the search with the final fit, milliseconds; null for no limit. */
  readonly timeBudget: number | null;
  readonly seed: number;
  /** How trials are chosen; the default strategy where it is left out. */
  readonly strategy?: StrategyPlan;
  /** Most trials at a time; as many as there are cores where it is left out. Results do not depend on it. */
  readonly workers?: number;
}

export interface StrategyPlan {
  readonly kind: 'strategy';
  readonly name: StrategyName;
  /** Those that were given, by name. */
  readonly options: Readonly<Record<string, number>>;
}

/** A condition that a candidate must meet before it may serve. */
export type GatePlan = { readonly kind: 'gate' } & (
  | { readonly gate: 'metric'; readonly metric: string; readonly low: number | null; readonly high: number | null }
  /** Beats a constant prediction and the champion: value (or the search metric) higher with at least this bootstrap confidence. */
  | { readonly gate: 'beatsChampion'; readonly metric: string; readonly by: number; readonly confidence: number }
  | { readonly gate: 'slice'; readonly feature: string; readonly metric: string; readonly dropAtMost: number }
  /** p99 of one in-process prediction, milliseconds. */
  | { readonly gate: 'latency'; readonly p99: number }
);

export interface ServePlan {
  readonly kind: 'serve';
  /** Value of a feature when it is missing at serving time, by feature name; features not named stay missing. */
  readonly whenMissing: Readonly<Record<string, Scalar>>;
  /** Largest number of rows in one request. */
  readonly maxRows: number;
}

/** Something watched; it fires, is quiet, or says that it has too little data. `window` is the span judged, in ms. */
export type SignalPlan = { readonly kind: 'signal'; readonly window: number } & (
  | { readonly signal: 'drift'; readonly of: string; readonly test: 'psi'; readonly above: number }
  | { readonly signal: 'quality'; readonly metric: string; readonly below: number | null; readonly above: number | null }
  | { readonly signal: 'latency'; readonly p99: number }
  | { readonly signal: 'errors'; readonly above: number }
);

export interface RetrainPlan {
  readonly kind: 'retrain';
  readonly on: readonly string[];
  readonly atMostEvery: number;
  /** How long a challenger is shadowed before it is promoted or refused. */
  readonly shadow: number;
}
