import type { Clock } from '../base/clock.js';
import type { RequestColumnBody, StatusResponse } from './contract.js';
import type { AuditReader, HostedModel } from './hosted-model.js';
import type { LiveTraffic } from './live-traffic.js';

export interface StatusContext {
  readonly clock: Clock;
  readonly audit: AuditReader;
}

const AUDIT_SHOWN = 50;

/** The loop at a glance: what the dashboard polls. */
export async function modelStatus(context: StatusContext, model: HostedModel, traffic: LiveTraffic): Promise<StatusResponse> {
  const { service } = model;
  const { deployment } = service;
  const { problem, request } = deployment.plan;
  const [versions, audit] = await Promise.all([model.versions(), context.audit(AUDIT_SHOWN, service.name)]);
  const counts = service.counts;
  return {
    system: {
      name: service.name,
      task: problem.task,
      objective: problem.objective,
      decision: problem.decision,
      currency: problem.value?.currency ?? null,
      latencyBudget: problem.latency,
    },
    now: context.clock.now(),
    champion: deployment.version,
    challenger: deployment.shadow?.version ?? null,
    live: traffic.read(),
    truth: counts.truth,
    log: counts.log,
    daily: model.daily(),
    signals: model.signals(),
    versions,
    audit,
    request: Object.entries(request.columns).map(
      ([name, column]): RequestColumnBody => ({
        name,
        type: column.type,
        categories: column.categories,
        nullable: column.nullable,
        time: name === request.time,
      }),
    ),
  };
}
