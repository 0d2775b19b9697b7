import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export const metrics = new Registry();
export const operationSeconds = new Histogram({
  name: 'kabinet_operation_seconds',
  help: 'Time of an operation in the gate, by operation and outcome',
  labelNames: ['operation', 'outcome'],
  buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  registers: [metrics],
});
export const requestSeconds = new Histogram({
  name: 'kabinet_request_seconds',
  help: 'Time of a request, by method and status',
  labelNames: ['method', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  registers: [metrics],
});
export const mailsSent = new Counter({ name: 'kabinet_mail_total', help: 'Mails by outcome', labelNames: ['outcome'], registers: [metrics] });
export const unsealedEvents = new Gauge({ name: 'kabinet_events_unsealed', help: 'Events committed and not yet sealed at the last pass', registers: [metrics] });

/** Adds the process's own figures; once, by the server. */
export const collectProcessMetrics = (): void => collectDefaultMetrics({ register: metrics });
