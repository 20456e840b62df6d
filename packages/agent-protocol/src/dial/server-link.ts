import { request } from 'node:https';
import type { Socket } from 'node:net';
import { IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import { type AgentEvent, type HostAgent } from '../host-agent.ts';
import { type Pace, WireConnection } from '../wire/connection.ts';
import {
  agentPath,
  type FromAgent,
  type FromServer,
  fromServerSchema,
  protocolVersion,
  upgradeProtocol,
} from '../wire/messages.ts';
import { commandSchemas } from '../wire/schemas.ts';
import { EventQueue } from './event-queue.ts';
import { fingerprintOf, halfLife, type Identity, messageOf } from './identity.ts';
import { type Answer, Ledger } from './ledger.ts';
import { reasonIn } from './standing.ts';

export interface ServerLinkOptions {
  /** `https://192.0.2.1:8250`. */
  readonly serverUrl: string;
  readonly agent: HostAgent;
  readonly identity: Identity;
  /** Keeps a renewed certificate and gives the identity with it. */
  readonly store: (certificate: string) => Promise<Identity>;
  readonly log: Logger;
  readonly pace?: Pace;
}

type Connection = WireConnection<FromServer, FromAgent>;

const dialMs = 10_000;
const redial = { firstMs: 250, longestMs: 5_000 } as const;
const loadMs = 5_000;
const renewalMs = 60_000;
/** Commands of the server's that are carried out at once, and wait. */
const inFlight = 512;

/** Keeps a connection to the server up until it is closed, and has its commands carried out. */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #ledger = new Ledger();
  readonly #events = new EventQueue();
  readonly #timers: NodeJS.Timeout[];
  #identity: Identity;
  #connection: Connection | null = null;
  #welcomed = false;
  #running = 0;
  #attempts = 0;
  #redial: NodeJS.Timeout | null = null;
  #closed = false;
  /** When the server was last there; the start counts. */
  #lastContact = performance.now();

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    this.#identity = options.identity;
    options.agent.onEvent(event => this.#tell(event));
    this.#timers = [
      setInterval(() => void this.#reportLoad(), loadMs),
      setInterval(() => this.#renewInTime(), renewalMs),
    ];
    this.#dial();
  }

  get connected(): boolean {
    return this.#welcomed;
  }

  /** Milliseconds since the server was there; 0 while it is. */
  get silence(): number {
    return this.#welcomed ? 0 : performance.now() - this.#lastContact;
  }

  /** Hangs up and stays away. Commands that run go on. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#redial !== null) clearTimeout(this.#redial);
    this.#connection?.close();
    this.#connection = null;
    this.#welcomed = false;
  }

  #dial(): void {
    const { serverUrl } = this.#options;
    const call = request(new URL(agentPath, serverUrl), {
      ca: this.#identity.authority,
      cert: this.#identity.certificate,
      key: this.#identity.privateKey,
      minVersion: 'TLSv1.3',
      timeout: dialMs,
      // Each connection is a new one.
      agent: false,
      headers: { connection: 'Upgrade', upgrade: upgradeProtocol },
    });
    call.on('upgrade', (_response, socket: Socket, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      this.#connected(socket);
    });
    call.on('response', response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text = (text + chunk).slice(0, 1000);
      });
      response.on('error', () => undefined);
      response.on('close', () => this.#again(`the server refuses this host: ${reasonIn(text)}`));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', error => this.#again(error.message));
    call.end();
  }

  #connected(socket: Socket): void {
    if (this.#closed) return void socket.destroy();
    socket.setTimeout(0);
    socket.setNoDelay(true);
    const { pace } = this.#options;
    const connection: Connection = new WireConnection<FromServer, FromAgent>(socket, {
      schema: fromServerSchema,
      patient: false,
      ...(pace === undefined ? {} : { pace }),
      onMessage: message => this.#take(connection, message),
      onClose: reason => this.#lost(reason),
    });
    this.#connection = connection;
    this.#options.agent.facts().then(
      facts => connection.send({ type: 'hello', protocol: protocolVersion, facts }),
      error => {
        connection.close();
        this.#lost(`the facts of this host cannot be read: ${messageOf(error)}`);
      },
    );
  }

  #take(connection: Connection, message: FromServer): void {
    switch (message.type) {
      case 'alive':
        return;
      case 'welcome':
        this.#welcomed = true;
        this.#attempts = 0;
        this.#options.log.info({ server: this.#options.serverUrl }, 'connected to the server');
        for (const event of this.#events.take()) connection.send({ type: 'event', event });
        void this.#reportLoad();
        return this.#renewInTime();
      case 'command':
        return this.#carryOut(message);
      case 'settled':
        return this.#ledger.forget(message.ids);
      case 'certificate':
        void this.#takeCertificate(message.certificate);
        return;
    }
  }

  #carryOut(message: Extract<FromServer, { type: 'command' }>): void {
    void this.#ledger
      .run(message.id, () => this.#perform(message))
      .then(answer => {
        try {
          // The connection of now: the one that brought the command may be gone.
          this.#connection?.send(answer);
        } catch (error) {
          this.#connection?.send(failure(message.id, error));
        }
      });
  }

  async #perform({ id, command, args }: Extract<FromServer, { type: 'command' }>): Promise<Answer> {
    if (this.#running >= inFlight) return failure(id, new Error('it has too much to do'));
    this.#running += 1;
    try {
      const given = commandSchemas[command].args.parse(args);
      // The schema of the command gave its arguments: the compiler cannot follow that through the union.
      const perform = this.#options.agent[command] as (
        ...words: readonly unknown[]
      ) => Promise<unknown>;
      return { type: 'result', id, result: (await perform(...given)) ?? null };
    } catch (error) {
      return failure(id, error);
    } finally {
      this.#running -= 1;
    }
  }

  #tell(event: AgentEvent): void {
    if (this.#welcomed) this.#connection?.send({ type: 'event', event });
    else this.#events.push(event);
  }

  async #reportLoad(): Promise<void> {
    if (!this.#welcomed) return;
    try {
      this.#tell({ kind: 'load', load: await this.#options.agent.load() });
    } catch (error) {
      this.#options.log.debug({ err: error }, 'the load of this host cannot be read');
    }
  }

  #renewInTime(): void {
    if (!this.#welcomed || halfLife(this.#identity.certificate).getTime() > Date.now()) return;
    this.#connection?.send({ type: 'renew' });
  }

  async #takeCertificate(certificate: string): Promise<void> {
    try {
      this.#identity = await this.#options.store(certificate);
      const fingerprint = fingerprintOf(certificate);
      this.#connection?.send({ type: 'renewed', fingerprint });
      this.#options.log.info({ fingerprint }, 'certificate renewed');
    } catch (error) {
      this.#options.log.error({ err: error }, 'the renewed certificate cannot be kept');
    }
  }

  #lost(reason: string): void {
    if (this.#welcomed) this.#lastContact = performance.now();
    this.#welcomed = false;
    this.#connection = null;
    this.#again(reason);
  }

  #again(reason: string): void {
    if (this.#closed) return;
    if (this.#redial !== null) clearTimeout(this.#redial);
    const wait = Math.min(redial.longestMs, redial.firstMs * 2 ** Math.min(this.#attempts, 10));
    if (this.#attempts === 0 || wait === redial.longestMs)
      this.#options.log.warn({ server: this.#options.serverUrl, reason }, 'no server');
    this.#attempts += 1;
    this.#redial = setTimeout(() => this.#dial(), wait);
  }
}

function failure(id: string, error: unknown): Answer {
  const told =
    error instanceof IsolaError
      ? error
      : new IsolaError('resource_unavailable', { reason: messageOf(error) });
  return { type: 'error', id, code: told.code, details: { ...told.details } };
}
