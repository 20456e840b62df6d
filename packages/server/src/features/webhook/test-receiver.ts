import { generateKeyPairSync } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { makeCertificate } from '../../authority/certificate.ts';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on loopback. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered with; `null` for no answer. */
  answer: (request: Received) => number | null;
  close(): Promise<void>;
}

/** With `tls` its certificate is one that nobody trusts. */
export async function startReceiver({ tls = false } = {}): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = { answer: (_: Received): number | null => 200 };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      received.push(one);
      const status = receiver.answer(one);
      if (status === null) return;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
      response.end(`taken with ${status}`);
    });
  };
  const server = tls ? createHttpsServer(untrusted(), handle) : createHttpServer(handle);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${portOf(server)}/hook`,
    received,
    get answer() {
      return receiver.answer;
    },
    set answer(answer) {
      receiver.answer = answer;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

function untrusted(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = makeCertificate(
    {
      name: 'receiver',
      reachedBy: ['127.0.0.1'],
      from: new Date(Date.now() - 60_000),
      to: new Date(Date.now() + 3_600_000),
      authority: false,
    },
    publicKey,
    { name: 'nobody', privateKey, publicKey },
  );
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}
