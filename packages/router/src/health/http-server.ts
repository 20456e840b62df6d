import { createServer, type Server } from 'node:http';
import { type HealthCheck, type RouterReport, routerHealthPort } from '@isola/model';

interface Dependencies {
  readonly report: () => RouterReport;
  readonly healthChecks: () => Promise<HealthCheck[]>;
  readonly healthy: () => boolean;
}

/** `/health` and `/metrics` on the control address. */
export class HealthServer {
  readonly #with: Dependencies;
  #server: Server | null = null;
  #address: string | null = null;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
  }

  /** Listens on this address from now on, unless it does. An address that is not there yet is tried again by calling again. */
  listen(address: string): void {
    if (this.#address === address) return;
    this.close();
    this.#address = address;
    const server = createServer((request, response) => {
      this.#page(request.url ?? '').then(
        ({ status, type, text }) => {
          response.writeHead(status, { 'content-type': type, connection: 'close' });
          response.end(text);
        },
        () => response.destroy(),
      );
    });
    server.requestTimeout = 5000;
    server.maxConnections = 16;
    server.on('error', () => {
      if (this.#server === server) this.close();
    });
    server.listen(routerHealthPort, address);
    this.#server = server;
  }

  close(): void {
    this.#server?.close();
    this.#server = null;
    this.#address = null;
  }

  async #page(url: string): Promise<{ status: number; type: string; text: string }> {
    const path = url.split('?')[0] ?? '';
    switch (path) {
      case '/health': {
        const checks = url.includes('checks') ? await this.#with.healthChecks() : [];
        const healthy = this.#with.healthy() && checks.every(({ success }) => success);
        const { generation, fingerprint } = this.#with.report();
        const text = JSON.stringify({ healthy, generation, fingerprint, checks });
        return { status: healthy ? 200 : 503, type: 'application/json', text: `${text}\n` };
      }
      case '/metrics':
        return {
          status: 200,
          type: 'text/plain; version=0.0.4',
          text: metrics(this.#with.report()),
        };
      default:
        return { status: 404, type: 'text/plain', text: 'not found\n' };
    }
  }
}

function metrics({ generation, counters, traffic }: RouterReport): string {
  const lines = [
    '# TYPE isola_router_generation gauge',
    `isola_router_generation ${generation}`,
    '# TYPE isola_router_resident_bytes gauge',
    `isola_router_resident_bytes ${process.memoryUsage.rss()}`,
  ];
  for (const [name, value] of Object.entries(counters)) {
    const metric = `isola_router_${name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}_total`;
    lines.push(`# TYPE ${metric} counter`, `${metric} ${value}`);
  }
  for (const way of ['sent', 'received'] as const) {
    if (traffic === undefined) break;
    const metric = `isola_router_public_${way}_bytes_total`;
    lines.push(`# TYPE ${metric} counter`, `${metric} ${traffic[way]}`);
  }
  return `${lines.join('\n')}\n`;
}
