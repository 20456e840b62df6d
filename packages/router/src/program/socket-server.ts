import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  type Diagnostic,
  type DiagnosticOutcome,
  type HealthCheck,
  type RouterAnswer,
  type RouterEvent,
  type RouterRequest,
  routerRequestSchema,
} from '@isola/model';
import { Refused } from '../refused.ts';
import type { LoggedRouter } from './logged-router.ts';

/** Longest request, in characters. */
const LONGEST = 256 * 1_048_576;

interface Dependencies {
  readonly path: string;
  readonly router: LoggedRouter;
  readonly report: () => Extract<RouterAnswer, { report: unknown }>['report'];
  readonly healthChecks: () => Promise<HealthCheck[]>;
  readonly diagnose: (diagnostic: Diagnostic) => Promise<DiagnosticOutcome>;
  /** In base64. */
  readonly collect: (files: readonly string[]) => Promise<string>;
}

/** The router's end of the protocol: JSON, a message a line; several connections at a time. */
export class SocketServer {
  readonly #with: Dependencies;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
    this.#server = createServer(socket => this.#serve(socket));
  }

  listen(): Promise<void> {
    rmSync(this.#with.path, { force: true });
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      // Only root may connect.
      const mask = process.umask(0o077);
      this.#server.listen(this.#with.path, resolve);
      process.umask(mask);
    });
  }

  broadcast(event: RouterEvent): void {
    for (const socket of this.#connections) send(socket, event);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.setEncoding('utf8');
    let parts: string[] = [];
    let length = 0;
    let work: Promise<void> = Promise.resolve();
    socket.on('data', (text: string) => {
      const lines = text.split('\n');
      const last = lines.pop() ?? '';
      for (const line of lines) {
        const whole = parts.join('') + line;
        parts = [];
        length = 0;
        const request = parseRequest(whole);
        if (request === null) return void socket.destroy();
        // What takes its time holds up nothing.
        if (isSlow(request)) void this.#answer(socket, request);
        else work = work.then(() => this.#answer(socket, request));
      }
      parts.push(last);
      length += last.length;
      if (length > LONGEST) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#connections.delete(socket));
  }

  async #answer(socket: Socket, request: RouterRequest): Promise<void> {
    try {
      send(socket, await this.#handle(request));
    } catch (error) {
      const code = error instanceof Refused ? 'refused' : 'failed';
      const message = error instanceof Error ? error.message : String(error);
      send(socket, { id: request.id, error: { code, message } });
    }
  }

  async #handle(request: RouterRequest): Promise<RouterAnswer> {
    const { id } = request;
    const { router, report, healthChecks, diagnose, collect } = this.#with;
    switch (request.method) {
      case 'apply':
        return { id, report: await router.apply(request.config) };
      case 'applyDelta': {
        const outcome = await router.applyDelta(request.delta);
        if (outcome !== null) return { id, report: outcome };
        const message = `installed is generation ${report().generation}`;
        return { id, error: { code: 'wrong_base', message } };
      }
      case 'resync':
        return { id, report: await router.resync() };
      case 'report':
        return { id, report: report() };
      case 'healthChecks':
        return { id, checks: await healthChecks() };
      case 'diagnose':
        return { id, outcome: await diagnose(request.diagnostic) };
      case 'collect':
        return { id, archive: await collect(request.files) };
    }
  }
}

function isSlow({ method }: RouterRequest): boolean {
  return method === 'diagnose' || method === 'collect';
}

function parseRequest(line: string): RouterRequest | null {
  try {
    return routerRequestSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function send(socket: Socket, message: RouterAnswer | RouterEvent): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
