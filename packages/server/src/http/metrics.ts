import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Numbers of the HTTP layer in Prometheus' form. */
export interface Metrics {
  called(command: string, call: { readonly status: number; readonly seconds: number }): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'isola_api_calls_total',
    help: 'API calls answered',
    labelNames: ['command', 'status'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'isola_api_call_seconds',
    help: 'Time from an API call to its answer',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers: [registry],
  });
  return {
    called(command, call) {
      calls.inc({ command, status: call.status });
      seconds.observe(call.seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
