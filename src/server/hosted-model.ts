import type { ModelService } from '../serve/model-service.js';
import type { AuditBody, DayBody, PushResponse, SignalBody, VersionBody } from './contract.js';

/** A model as the server hosts it: its service, and readers of what others know of it. */
export interface HostedModel {
  readonly service: ModelService;
  /** Versions of the registry, newest first. */
  versions(): Promise<readonly VersionBody[]>;
  /** Days observed, oldest first. */
  daily(): readonly DayBody[];
  /** Signals as last judged. */
  signals(): readonly SignalBody[];
}

/** Takes rows of a source in: checks, feeds the online store and the ground truth. */
export type SourceSink = (rows: readonly unknown[], batch: string | undefined) => Promise<Omit<PushResponse, 'source'>>;

/** Entries of the audit log, newest first; of all models unless one is named. */
export type AuditReader = (limit: number, model?: string) => Promise<readonly AuditBody[]>;
