import { encodeLine, JsonLines } from '@isola/agent-protocol';
import {
  type DiagnosticOutcome,
  type HealthCheck,
  IsolaError,
  type RouterAnswer,
  type RouterEvent,
  type RouterReport,
  type RouterRequest,
  routerAnswerSchema,
  routerEventSchema,
} from '@isola/model';
import { messageOf } from '../process/teardown.ts';
import {
  type Connection,
  type ConnectionTarget,
  openConnection,
  type ProgramOptions,
} from './connection.ts';

/** A request without its number; the link numbers it. */
export type RouterCall = RouterRequest extends infer R
  ? R extends unknown
    ? Omit<R, 'id'>
    : never
  : never;
/** The answer to a call that did not fail. */
export type RouterReply =
  | { readonly report: RouterReport }
  | { readonly checks: readonly HealthCheck[] }
  | { readonly outcome: DiagnosticOutcome }
  | { readonly archive: string };

export interface LinkEvents {
  readonly onUp: (report: RouterReport) => void;
  readonly onDown: (reason: string) => void;
  readonly onEvent: (event: RouterEvent) => void;
}

export interface LinkOptions extends LinkEvents {
  readonly routerId: string;
  readonly target: ConnectionTarget;
}

/** A router that refused a delta because it is at another generation. */
export class WrongBaseError extends Error {}

interface Waiter {
  readonly resolve: (reply: RouterReply) => void;
  readonly reject: (error: Error) => void;
}

const waitForLinkMs = 15_000;
const waitForAnswerMs = 60_000;
/** A router that starts is asked again and again, for the first seconds; one that stays away less and less often. */
const quickTries = 100;
const quickMs = 40;
const slowestMs = 2_000;

/** The control link of one router: keeps a connection up until it is closed, and carries calls over it. */
export class RouterLink {
  readonly #options: LinkOptions;
  readonly #waiters = new Map<number, Waiter>();
  readonly #hopes = new Set<() => void>();
  #connection: Connection | null = null;
  #reachable = false;
  #reported = false;
  #closed = false;
  #nextId = 1;
  /** Connections tried since the router was last reachable. */
  #attempts = 0;
  #lastFailure = 'not yet tried';
  #retry: NodeJS.Timeout | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** Sends a call, waiting a bounded time for the link. Throws `resource_unavailable`, or `WrongBaseError`. */
  async call(call: RouterCall): Promise<RouterReply> {
    await this.#whenReachable();
    return this.#send(call);
  }

  /** Runs a program in the router, waiting a bounded time for the link. */
  async run(command: readonly string[], options: ProgramOptions = {}): Promise<string> {
    await this.#whenReachable();
    if (this.#connection === null) throw this.#unavailable('the link is down');
    return this.#connection.run(command, options);
  }

  /** Lets go of the router, on purpose and so without telling; what waits for an answer fails. */
  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#connection?.close();
    this.#reachable = false;
    this.#down('the link was closed');
    for (const wake of this.#hopes) wake();
  }

  async #connect(): Promise<void> {
    try {
      const connection = await openConnection(this.#options.target);
      if (this.#closed) return connection.close();
      this.#connection = connection;
      this.#listen(connection);
      void connection.closed.then(reason => this.#lost(reason));
      const reply = await this.#send({ method: 'report' });
      if (!('report' in reply)) throw new Error('no report');
      this.#reachable = true;
      this.#reported = true;
      this.#attempts = 0;
      for (const wake of this.#hopes) wake();
      this.#options.onUp(reply.report);
    } catch (error) {
      if (this.#connection === null) this.#again(messageOf(error));
      else this.#connection.close();
    }
  }

  #listen({ stream, close }: Connection): void {
    const lines = new JsonLines();
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      try {
        for (const message of lines.push(chunk)) this.#take(message);
      } catch {
        close();
      }
    });
  }

  #take(message: unknown): void {
    const event = routerEventSchema.safeParse(message);
    if (event.success) return this.#options.onEvent(event.data);
    const answer = routerAnswerSchema.parse(message);
    const waiter = this.#waiters.get(answer.id);
    this.#waiters.delete(answer.id);
    if (waiter !== undefined) settle(answer, waiter);
  }

  #send(call: RouterCall): Promise<RouterReply> {
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unavailable('the link is down'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(id);
        reject(this.#unavailable('no answer in time'));
      }, waitForAnswerMs);
      const done = (): void => clearTimeout(timer);
      this.#waiters.set(id, {
        resolve: reply => (done(), resolve(reply)),
        reject: error => (done(), reject(error)),
      });
      connection.stream.write(encodeLine({ id, ...call }));
    });
  }

  #whenReachable(): Promise<void> {
    if (this.#reachable) return Promise.resolve();
    if (this.#closed) return Promise.reject(this.#unavailable('it does not run'));
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#hopes.delete(wake);
        if (this.#reachable) resolve();
        else reject(this.#unavailable(this.#lastFailure));
      };
      const timer = setTimeout(wake, waitForLinkMs);
      this.#hopes.add(wake);
    });
  }

  #lost(reason: string): void {
    this.#connection = null;
    this.#down(reason);
    if (!this.#closed) this.#again(reason);
  }

  #again(reason: string): void {
    if (this.#closed) return;
    this.#lastFailure = reason;
    this.#attempts += 1;
    const wait = Math.min(slowestMs, quickMs * Math.max(1, this.#attempts - quickTries));
    // Worth a word only when it is no longer just starting.
    if (this.#attempts > quickTries && !this.#reported) {
      this.#reported = true;
      this.#options.onDown(reason);
    }
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #down(reason: string): void {
    const was = this.#reachable;
    this.#reachable = false;
    for (const waiter of this.#waiters.values()) waiter.reject(this.#unavailable(reason));
    this.#waiters.clear();
    if (was) this.#options.onDown(reason);
  }

  #unavailable(reason: string): IsolaError {
    return new IsolaError('resource_unavailable', {
      reason: `Router ${this.#options.routerId} cannot be reached: ${reason}`,
    });
  }
}

function settle(answer: RouterAnswer, waiter: Waiter): void {
  if (!('error' in answer)) return waiter.resolve(answer);
  const { code, message } = answer.error;
  if (code === 'wrong_base') waiter.reject(new WrongBaseError(message));
  else waiter.reject(new IsolaError('resource_unavailable', { reason: message }));
}
