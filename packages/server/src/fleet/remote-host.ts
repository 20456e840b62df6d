import { randomUUID } from 'node:crypto';
import {
  commandSchemas,
  type FromAgent,
  type FromServer,
  type HostArguments,
  type HostCommand,
  type HostResult,
  type WireConnection,
} from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';

export type AgentConnection = WireConnection<FromAgent, FromServer>;

export interface RemoteHostOptions {
  readonly id: string;
  readonly name: string;
  readonly limits: CommandLimits;
}

export interface CommandLimits {
  /** Commands of one host that wait for their answers. */
  readonly inFlight: number;
  /** Milliseconds that commands wait for an agent that was lost, to be sent again. */
  readonly returnMs: number;
  /** Milliseconds until the answer. */
  readonly answerMs: number;
  /** The same, for commands that copy disks. */
  readonly copyMs: number;
}

export const usualLimits: CommandLimits = {
  inFlight: 256,
  returnMs: 10_000,
  answerMs: 180_000,
  copyMs: 3_600_000,
};

const copying: ReadonlySet<HostCommand> = new Set([
  'ensureTemplate',
  'prepareIncoming',
  'migrateGuest',
]);

/** Longest text of an error that is taken from a host. */
const longestDetail = 2000;

interface Pending {
  readonly message: Extract<FromServer, { type: 'command' }>;
  readonly settle: (answer: FromAgent & { type: 'result' | 'error' }) => void;
  readonly fail: (reason: string) => void;
}

/**
 * Commands to one host. They survive its connections: what was not answered when one broke is sent again over the next, if that
 * comes in time.
 */
export class RemoteHost {
  readonly id: string;
  readonly name: string;
  readonly #limits: CommandLimits;
  readonly #pending = new Map<string, Pending>();
  #connection: AgentConnection | null = null;
  #lost: string | null = null;
  #patience: NodeJS.Timeout | null = null;

  constructor({ id, name, limits }: RemoteHostOptions) {
    this.id = id;
    this.name = name;
    this.#limits = limits;
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  /** The connection that carries commands from now on; those that wait are sent again. */
  attach(connection: AgentConnection): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#connection = connection;
    for (const { message } of this.#pending.values()) connection.send(message);
  }

  /** The connection is gone: commands wait for the next one, for a while. */
  detach(reason: string): void {
    this.#connection = null;
    this.#lost = reason;
    this.#patience = setTimeout(() => this.#failAll(), this.#limits.returnMs);
  }

  /** Nothing comes any more. */
  close(reason: string): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#connection = null;
    this.#lost = reason;
    this.#failAll();
  }

  /** Throws `resource_unavailable` at once when the host is not connected, and later when its answer does not come. */
  call<C extends HostCommand>(command: C, ...args: HostArguments<C>): Promise<HostResult<C>> {
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unavailable());
    if (this.#pending.size >= this.#limits.inFlight)
      return Promise.reject(this.#error(`has ${this.#pending.size} commands to answer`));
    const id = randomUUID();
    const message: Pending['message'] = { type: 'command', id, command, args: [...args] };
    return new Promise((resolve, reject) => {
      const limit = copying.has(command) ? this.#limits.copyMs : this.#limits.answerMs;
      const timer = setTimeout(
        () => pending.fail(`did not answer ${command} within ${limit / 1000} s`),
        limit,
      );
      const done = (): void => {
        clearTimeout(timer);
        this.#pending.delete(message.id);
      };
      const pending: Pending = {
        message,
        settle: answer => {
          done();
          if (answer.type === 'error') return reject(errorOf(answer));
          const result = commandSchemas[command].result.safeParse(answer.result);
          if (result.success) resolve(result.data);
          else reject(this.#error(`answered ${command} with something else`));
        },
        fail: reason => {
          done();
          reject(this.#error(reason));
        },
      };
      this.#pending.set(message.id, pending);
      try {
        connection.send(message);
      } catch (error) {
        pending.fail(`cannot be told: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  /** Takes an answer; one that nobody waits for any more is forgotten. */
  answered(answer: FromAgent & { type: 'result' | 'error' }): void {
    this.#connection?.send({ type: 'settled', ids: [answer.id] });
    this.#pending.get(answer.id)?.settle(answer);
  }

  #failAll(): void {
    for (const pending of this.#pending.values()) pending.fail(this.#state());
  }

  #state(): string {
    return this.#lost === null ? 'is not connected' : `is not connected (${this.#lost})`;
  }

  #unavailable(): IsolaError {
    return this.#error(this.#state());
  }

  #error(what: string): IsolaError {
    return new IsolaError('resource_unavailable', { reason: `host ${this.name} ${what}` });
  }
}

function errorOf({ code, details }: FromAgent & { type: 'error' }): IsolaError {
  const short = Object.entries(details).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.slice(0, longestDetail) : value,
  ]);
  return new IsolaError(code, Object.fromEntries(short));
}
