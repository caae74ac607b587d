/** The bodies of every route as types: all that clients and the dashboard know of the server. Moments are epoch milliseconds, UTC. */

/** POST /v1/models/:name/predict */
export interface PredictRequest {
  readonly rows: readonly Readonly<Record<string, JsonScalar>>[];
  /** Asks for the reasons of each prediction. */
  readonly explain?: boolean;
  /** Answers the good rows when others do not meet the contract; without it one bad row refuses the whole request. */
  readonly partial?: boolean;
}
export type JsonScalar = string | number | boolean | null;
export interface PredictResponse {
  readonly model: string;
  readonly version: string;
  /** One entry a row, in order. */
  readonly predictions: readonly (PredictionBody | FailedRowBody)[];
}
export interface PredictionBody {
  /** Class label, or the number of a regression. */
  readonly prediction: string | number;
  /** Of the positive class (binary), of each class (multiclass), null for a regression. */
  readonly probability: number | Readonly<Record<string, number>> | null;
  readonly id: string;
  /** What is odd about the row; absent where nothing is. */
  readonly warnings?: readonly RowWarningBody[];
  /** The features that weighed most, largest first; only when `explain` was asked. */
  readonly reasons?: readonly ReasonBody[];
}
/** A row that was taken all the same: a category never seen, a value out of the contract's range, a column that is not used. */
export interface RowWarningBody {
  readonly code: string;
  readonly column: string | null;
}
export interface ReasonBody {
  readonly feature: string;
  readonly value: JsonScalar;
  /** Shapley value on the margin scale: log-odds for most classifiers, the target or its logarithm for a regression. */
  readonly contribution: number;
}
/** A row of a `partial` request that does not meet the contract; the other rows are answered. */
export interface FailedRowBody {
  readonly error: ErrorDetail;
  readonly id: string;
}

/** Every answer with a status of 400 and above. */
export interface ErrorBody {
  readonly error: ErrorDetail;
}
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly where: Readonly<Record<string, string | number | undefined>>;
  readonly fix: string;
  /** Every row or label that the request was refused for, in order. */
  readonly rows?: readonly RefusedRowBody[];
}
export interface RefusedRowBody {
  /** Place in the request, from 0. */
  readonly row: number;
  readonly problems: readonly {
    readonly code: string;
    /** Null when it is about the row as a whole. */
    readonly column: string | null;
    readonly message: string;
  }[];
  /** Problems that are not listed. */
  readonly more?: number;
}

/**
 * POST /v1/sources/:source/rows. A `batch` belongs to its source and is remembered for a day: the same rows under it change nothing, other
 * rows are refused (409).
 */
export interface PushRequest {
  readonly rows: readonly Readonly<Record<string, JsonScalar>>[];
  readonly batch?: string;
}
export interface PushResponse {
  readonly source: string;
  readonly accepted: number;
  readonly quarantined: readonly { readonly row: number; readonly reason: string }[];
  /** These rows came under that batch before: they counted then, and not again. */
  readonly repeated?: true;
}

/**
 * POST /v1/models/:name/labels. Moments are ISO 8601 texts or epoch milliseconds; `availableAt` is now unless given. A label that the problem
 * cannot have refuses the request, unless it is `partial`.
 */
export interface LabelsRequest {
  readonly labels: readonly LabelBody[];
  readonly partial?: boolean;
}
export type MomentBody = string | number;
export type LabelBody = { readonly label: JsonScalar; readonly availableAt?: MomentBody } & (
  | { readonly id: string }
  | { readonly key: readonly JsonScalar[]; readonly at: MomentBody }
);
export interface LabelsResponse {
  readonly model: string;
  /** Predictions that got their label by this request. */
  readonly joined: number;
  /** What became of each label, in order. */
  readonly labels: readonly LabelFateBody[];
  readonly truth: TruthBody;
}
export interface LabelFateBody {
  readonly state: 'joined' | 'waiting' | 'repeated' | 'conflicting' | 'unmatched' | 'dropped' | 'invalid';
  /** Why it did not join; absent of one that did. */
  readonly reason?: string;
}

/** GET /v1/models */
export interface ModelsResponse {
  readonly models: readonly { readonly name: string; readonly version: string; readonly shadow: string | null }[];
}

/** GET /v1/models/:name */
export interface ModelResponse {
  readonly name: string;
  readonly version: string;
  readonly shadow: string | null;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly classes: readonly string[];
  readonly threshold: number;
  readonly features: readonly string[];
  readonly versions: readonly VersionBody[];
}
export interface VersionBody {
  readonly version: string;
  readonly aliases: readonly string[];
  readonly createdAt: number;
  readonly estimator: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** GET /v1/models/:name/status: the loop at a glance. */
export interface StatusResponse {
  readonly system: {
    readonly name: string;
    readonly task: 'binary' | 'multiclass' | 'regression';
    readonly objective: string;
    readonly decision: string;
    readonly currency: string | null;
    readonly latencyBudget: number | null;
  };
  readonly now: number;
  readonly champion: string;
  readonly challenger: string | null;
  readonly live: LiveBody;
  readonly truth: TruthBody;
  readonly log: LogBody;
  readonly daily: readonly DayBody[];
  readonly signals: readonly SignalBody[];
  readonly versions: readonly VersionBody[];
  readonly audit: readonly AuditBody[];
  readonly request: readonly RequestColumnBody[];
}
/** Traffic of the last minutes by the server's clock. */
export interface LiveBody {
  readonly predictions: number;
  readonly rejected: number;
  readonly calls: number;
  /** Of a call in this process, ms; null before the first. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly minutes: readonly MinuteBody[];
}
export interface MinuteBody {
  readonly minute: number;
  readonly predictions: number;
  readonly rejected: number;
  readonly p50: number | null;
  readonly p99: number | null;
}
export interface TruthBody {
  readonly predictions: number;
  readonly joined: number;
  readonly pending: number;
  readonly expired: number;
  /** Those of the expired for which there was no room. */
  readonly evicted: number;
  readonly labels: number;
  readonly waiting: number;
  readonly used: number;
  readonly unmatched: number;
  readonly repeated: number;
  readonly conflicting: number;
  readonly invalid: number;
  /** Labels for which there was no room until they become available. */
  readonly dropped: number;
}
export interface LogBody {
  readonly predictions: number;
  readonly rejections: number;
  readonly warned: number;
  /** Predictions of an entity that the online store does not know. */
  readonly unknown: number;
  readonly written: number;
  readonly waiting: number;
  readonly failures: number;
}
/** One day of a model; metrics are missing while no label of that day is known. */
export interface DayBody {
  /** Start of the day. */
  readonly day: number;
  readonly predictions: number;
  readonly labelled: number;
  readonly positives: number | null;
  readonly meanScore: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** PSI against the reference of the version in service, by watched name. */
  readonly psi: Readonly<Record<string, number>>;
  /** Realised value of the day's labelled decisions, in the owner's currency. */
  readonly value: number | null;
}
export type SignalState = 'quiet' | 'fired' | 'insufficient';
export interface SignalBody {
  readonly name: string;
  readonly kind: 'drift' | 'quality' | 'latency' | 'errors';
  /** The feature, 'score', metric, 'latency' or 'errors' that is watched. */
  readonly of: string;
  readonly state: SignalState;
  readonly figure: number | null;
  readonly bound: number | null;
  readonly rows: number;
  readonly sentence: string;
}
/** GET /v1/audit */
export interface AuditResponse {
  readonly entries: readonly AuditBody[];
}
export interface AuditBody {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly because: string;
}
export interface RequestColumnBody {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'timestamp' | 'string' | 'category' | 'text';
  readonly categories: readonly string[] | null;
  readonly nullable: boolean;
  /** True for the column of the moment asked about. */
  readonly time: boolean;
}

/** GET /health and GET /ready */
export interface HealthResponse {
  readonly status: 'ok';
}
export interface ReadyResponse {
  readonly status: 'ready';
  readonly models: readonly string[];
}
