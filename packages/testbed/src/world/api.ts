import { createHmac } from 'node:crypto';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Credentials {
  readonly apikey: string;
  readonly secretkey: string;
}

/** An API error as the server gave it. */
export class ApiError extends Error {
  readonly status: number;
  readonly text: string;

  constructor(command: string, status: number, text: string) {
    super(`${command}: ${status} ${text}`);
    this.status = status;
    this.text = text;
  }
}

type Params = Readonly<Record<string, string | number | boolean>>;
/** Whatever the server sent: tests look at it field by field, and a field of another type fails the test that reads it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = Record<string, any>;

/** Milliseconds. A hundred calls at once take an emulated machine more than a minute. */
const longestAnswer = 240_000;

/** Where a server answers: a Unix socket, or a TCP port. */
type Endpoint = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * A CloudStack client of the tests' own, written from the protocol and not from the product's code: signs, sends, and waits
 * for jobs. Answers are loose on purpose: tests look at what really came.
 */
export class Api {
  readonly #endpoint: Endpoint;
  readonly #keys: Credentials;

  constructor(endpoint: Endpoint | string, keys: Credentials) {
    this.#endpoint = typeof endpoint === 'string' ? { socketPath: endpoint } : endpoint;
    this.#keys = keys;
  }

  /** The same server with another caller's keys. */
  as(keys: Credentials): Api {
    return new Api(this.#endpoint, keys);
  }

  /** Path and query of a signed call, for a client that sends it itself. */
  signedPath(command: string, params: Params = {}): string {
    return `/client/api?${this.#sign({ ...params, command, response: 'json' })}`;
  }

  /** One call. Gives what is inside the envelope. Throws `ApiError`. */
  async call(command: string, params: Params = {}): Promise<Answer> {
    const { status, body } = await this.#send(this.signedPath(command, params));
    const envelope = JSON.parse(body) as Answer;
    const inner = envelope[`${command.toLowerCase()}response`] ?? Object.values(envelope)[0];
    if (status !== 200)
      throw new ApiError(command, inner?.errorcode ?? status, inner?.errortext ?? body);
    return inner as Answer;
  }

  /** A call whose job is waited for: gives the object in `jobresult`. Throws `ApiError` when the job fails. */
  async job(command: string, params: Params = {}, timeout = 240_000): Promise<Answer> {
    const { jobid } = await this.call(command, params);
    return await this.wait(command, jobid as string, timeout);
  }

  /** Waits for a job; its result without the object's key. */
  async wait(command: string, jobid: string, timeout = 240_000): Promise<Answer> {
    const deadline = performance.now() + timeout;
    // A hundred that ask for their jobs at once would keep a slow machine from doing them.
    for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
      const job = await this.call('queryAsyncJobResult', { jobid });
      if (job['jobstatus'] === 1) {
        const result = job['jobresult'] as Answer;
        const [only] = Object.values(result);
        return typeof only === 'object' && only !== null && Object.keys(result).length === 1
          ? (only as Answer)
          : result;
      }
      if (job['jobstatus'] === 2)
        throw new ApiError(
          command,
          job['jobresult']?.errorcode ?? 0,
          job['jobresult']?.errortext ?? '',
        );
      if (performance.now() > deadline)
        throw new Error(`${command}: job ${jobid} still runs after ${timeout} ms`);
      await delay(pause);
    }
  }

  /** What is at a path of the server. Throws unless it answers 200. */
  async download(path: string): Promise<Buffer> {
    const { status, body } = await this.#send(path, 'latin1');
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return Buffer.from(body, 'latin1');
  }

  /** The objects of a list command. */
  async list(command: string, params: Params = {}): Promise<Answer[]> {
    const answer = await this.call(command, params);
    for (const value of Object.values(answer)) if (Array.isArray(value)) return value as Answer[];
    return [];
  }

  /** The only object that a list command finds. */
  async one(command: string, params: Params = {}): Promise<Answer> {
    const found = await this.list(command, params);
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw new Error(`${command} ${JSON.stringify(params)} found ${found.length}`);
    return only;
  }

  #sign(params: Params): string {
    const all: Record<string, string> = {
      ...Object.fromEntries(Object.entries(params).map(([k, v]) => [k, String(v)])),
      apiKey: this.#keys.apikey,
    };
    const encode = (value: string): string => encodeURIComponent(value).replaceAll('*', '%2A');
    const query = Object.keys(all)
      .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
      .map(name => `${name}=${encode(all[name] ?? '')}`)
      .join('&');
    const signature = createHmac('sha1', this.#keys.secretkey)
      .update(query.toLowerCase())
      .digest('base64');
    return `${query}&signature=${encodeURIComponent(signature)}`;
  }

  #send(
    path: string,
    encoding: BufferEncoding = 'utf8',
  ): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.get({ ...this.#endpoint, path, timeout: longestAnswer }, response => {
        let body = '';
        response.setEncoding(encoding);
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.once('error', reject);
      });
      request.once('timeout', () =>
        request.destroy(new Error(`the API did not answer in ${longestAnswer / 1000} s`)),
      );
      request.once('error', reject);
    });
  }
}
