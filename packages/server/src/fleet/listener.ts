import { constants, generateKeyPairSync, type X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { hostname, networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket, type TlsOptions } from 'node:tls';
import {
  agentPath,
  fingerprintOf,
  type JoinAnswer,
  joinPath,
  joinRequestSchema,
  type Pace,
  programPath,
  type StoredFile,
  templatePath,
  upgradeProtocol,
} from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import { type Authority, validDays } from '../authority/authority.ts';
import type { Db } from '../store/database.ts';
import { agentFleet } from './agent-fleet.ts';
import type { Fleet } from './fleet.ts';
import { hostOf, type KnownHost, recordNoneConnected } from './host-rows.ts';
import { joinHost } from './join.ts';
import type { CommandLimits } from './remote-host.ts';

/** What the server gives to hosts besides commands. */
export interface HostDownloads {
  /** The file of a template. Throws `template_unavailable`. */
  openTemplate(id: string): Promise<StoredFile>;
  /** The agent's program, one file for Node. */
  program(): Promise<Buffer>;
}

export interface AgentListenerOptions {
  readonly db: Db;
  readonly authority: Authority;
  readonly log: Logger;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Names and addresses by which hosts reach this server, besides those that it finds itself. */
  readonly advertise: readonly string[];
  readonly downloads: HostDownloads;
  readonly pace?: Pace;
  readonly limits?: CommandLimits;
}

export interface AgentListener {
  readonly fleet: Fleet;
  /** What agents dial: `https://192.0.2.1:8250`. */
  readonly url: string;
  close(): Promise<void>;
}

const limits = {
  connections: 4096,
  bodyBytes: 64 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  shutdownMs: 2000,
} as const;
/** Milliseconds between the server's certificates: far fewer than one is valid for. */
const renewalMs = 86_400_000;

/** Where agents dial in: they join, fetch templates, and take commands. Everything is over TLS with the authority's certificates. */
export async function listenToAgents(options: AgentListenerOptions): Promise<AgentListener> {
  const { db, log } = options;
  await recordNoneConnected(db);
  const fleet = agentFleet(options);
  const server = createServer(
    {
      ...secureContext(options),
      // A machine that joins has none yet; each request says whether it needs one.
      requestCert: true,
      rejectUnauthorized: false,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
    },
    (request, response) => {
      answer(options, request, response).catch((error: unknown) => {
        log.warn({ err: error, path: request.url }, 'an agent could not be answered');
        response.destroy();
      });
    },
  );
  server.maxConnections = limits.connections;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    welcome(request, socket, head).catch((error: unknown) => {
      log.warn({ err: error }, 'an agent could not be let in');
      socket.destroy();
    });
  });
  // Noise of the network, not of ours.
  server.on('tlsClientError', error => log.debug({ err: error }, 'no TLS came of a connection'));

  const welcome = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const found = await identify(db, request);
    if (request.url !== agentPath || request.headers.upgrade !== upgradeProtocol)
      return refuse(socket, 404, 'nothing is here');
    if ('refusal' in found) {
      log.warn({ from: request.socket.remoteAddress, reason: found.refusal }, 'agent refused');
      return refuse(socket, 403, found.refusal);
    }
    request.socket.setTimeout(0);
    request.socket.setNoDelay(true);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgradeProtocol}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    fleet.accept(socket, found.host, found.certificate);
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, resolve);
  });
  const renewal = setInterval(() => server.setSecureContext(secureContext(options)), renewalMs);
  return {
    fleet,
    url: urlOf(options, server),
    close: async () => {
      clearInterval(renewal);
      const ended = new Promise<void>(resolve => {
        server.close(() => resolve());
      });
      await fleet.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), limits.shutdownMs);
      await ended;
      clearTimeout(cut);
    },
  };
}

/** With a new key and a certificate for it. */
function secureContext({ authority, advertise }: AgentListenerOptions): TlsOptions {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = new Set([...advertise, ...ownNames()]);
  const issued = authority.issue(
    { name: 'management server', reachedBy: [...names], days: validDays.server },
    publicKey,
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    // With the authority's, so that a machine with a join token can compare its fingerprint.
    cert: issued.certificate + authority.certificate,
    ca: authority.certificate,
    minVersion: 'TLSv1.3',
    // A resumed session would not show its certificate again.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function ownNames(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap(links => links ?? []);
  return [hostname(), 'localhost', ...addresses.map(({ address }) => address.split('%')[0] ?? '')];
}

function urlOf({ advertise, listen }: AgentListenerOptions, server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listen.port;
  const any = ['0.0.0.0', '::'].includes(listen.host);
  const host = advertise[0] ?? (any ? hostname() : listen.host);
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

type Identified =
  | { readonly host: KnownHost; readonly certificate: X509Certificate }
  | { readonly refusal: string };

/** Who is at the other end, by the certificate it showed. */
async function identify(db: Db, request: IncomingMessage): Promise<Identified> {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return { refusal: 'this is no TLS' };
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { refusal: 'a certificate is needed' };
  if (!socket.authorized)
    return { refusal: 'the certificate is not of this installation, or is too old' };
  const host = await hostOf(db, fingerprintOf(certificate));
  if (host === null) return { refusal: 'the certificate was revoked, or its host was removed' };
  return { host, certificate };
}

async function answer(
  options: AgentListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'POST' && path === joinPath) return join(options, request, response);
  if (request.method === 'GET' && path === programPath) {
    const program = await options.downloads.program();
    response.writeHead(200, {
      'content-type': 'text/javascript',
      'content-length': program.length,
    });
    response.end(program);
    return;
  }
  if (request.method === 'GET' && path === agentPath) {
    const found = await identify(options.db, request);
    if ('refusal' in found) return sendJson(response, 403, { error: found.refusal });
    return sendJson(response, 200, { hostId: found.host.id });
  }
  const template = /^\/templates\/([0-9a-f-]{36})$/.exec(path)?.[1];
  if (request.method === 'GET' && template !== undefined && path === templatePath(template)) {
    const found = await identify(options.db, request);
    if ('refusal' in found) return sendJson(response, 403, { error: found.refusal });
    return sendTemplate(options, template, response);
  }
  return sendJson(response, 404, { error: 'nothing is here' });
}

async function sendTemplate(
  { downloads }: AgentListenerOptions,
  id: string,
  response: ServerResponse,
): Promise<void> {
  try {
    const { stream, sizeBytes } = await downloads.openTemplate(id);
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': sizeBytes,
    });
    await pipeline(stream, response);
  } catch (error) {
    if (!(error instanceof IsolaError) || response.headersSent) throw error;
    sendJson(response, 503, { error: { code: error.code, details: error.details } });
  }
}

async function join(
  { db, authority, log }: AgentListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const from = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const send = (status: number, body: JoinAnswer): void => sendJson(response, status, body);
  const body = joinRequestSchema.safeParse(await jsonOf(request));
  if (!body.success) return send(400, { error: 'this is no request to join' });
  try {
    const answered = await joinHost(db, authority, { request: body.data, from });
    log.info({ host: body.data.facts.name, from }, 'a host joined');
    send(200, answered);
  } catch (error) {
    if (!(error instanceof IsolaError)) throw error;
    log.warn({ host: body.data.facts.name, from, reason: error.message }, 'joining refused');
    send(403, { error: error.message });
  }
}

/** The body as JSON; `null` for one that is too long or none. */
async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return null;
    length += chunk.length;
    if (length > limits.bodyBytes) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}

/** Says in HTTP's words why the connection does not become another one. */
function refuse(socket: Duplex, status: 403 | 404, reason: string): void {
  const text = JSON.stringify({ error: reason });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
