import { ApiError, type FetchLike, fetchAnswer } from './client-fetch.ts';
import { readResult } from './client-result.ts';
import { type CommandName, commands, type ParamsOf, type ResultOf } from './commands/index.ts';
import type { CommandDefinition } from './define.ts';
import { encodeParams } from './wire/encode-params.ts';
import { type Hmac, signParams } from './wire/signed-url.ts';

export interface ClientOptions {
  /** The endpoint, for example `http://127.0.0.1:8080/client/api`. */
  readonly url: string;
  readonly apiKey: string;
  readonly secretKey: string;
  readonly fetch: FetchLike;
  readonly hmac: Hmac;
  /** Waits so many milliseconds; replaced in tests. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** An accepted job; `id` is the id of the object it makes or changes. */
export interface Accepted {
  readonly jobid: string;
  readonly id?: string;
}

type AnswerOf<N extends CommandName> = (typeof commands)[N]['async'] extends true
  ? Accepted
  : ResultOf<N>;

export interface Client {
  /** Makes a call. Throws `ApiError` when the server refuses it, `TypeError` when it does not answer as agreed. */
  call<N extends CommandName>(command: N, params: ParamsOf<N>): Promise<AnswerOf<N>>;
  /** Makes a call and, for an async command, waits for its job. Throws `ApiError` when the job fails. */
  callAndWait<N extends CommandName>(command: N, params: ParamsOf<N>): Promise<ResultOf<N>>;
}

const firstPause = 10;
const longestPause = 500;

/** A client of the API with typed commands. Needs nothing of the platform but what is passed in. */
export function createClient(options: ClientOptions): Client {
  const send = async (definition: CommandDefinition, params: object): Promise<object> => {
    const form = { command: definition.name, response: 'json', ...encodeParams(params) };
    const body = await signParams(form, options, options.hmac);
    return await fetchAnswer(options.fetch, options.url, body);
  };

  const wait = async (jobid: string): Promise<object> => {
    const pause = options.sleep ?? sleep;
    for (
      let milliseconds = firstPause;
      ;
      milliseconds = Math.min(milliseconds * 1.5, longestPause)
    ) {
      const job: JobAnswer = await send(commands.queryAsyncJobResult, { jobid });
      if (job.jobstatus === 1) return job.jobresult ?? {};
      if (job.jobstatus === 2) throw ApiError.fromBody(job.jobresult ?? {});
      await pause(milliseconds);
    }
  };

  return {
    async call(command, params) {
      const definition: CommandDefinition = commands[command];
      const body = await send(definition, params);
      return typed(definition.async ? body : readResult(definition, body));
    },
    async callAndWait(command, params) {
      const definition: CommandDefinition = commands[command];
      const body = await send(definition, params);
      if (!definition.async) return typed(readResult(definition, body));
      if (!('jobid' in body) || typeof body.jobid !== 'string') {
        throw new TypeError(`${command} answered without a job`);
      }
      return typed(readResult(definition, await wait(body.jobid)));
    },
  };
}

interface JobAnswer {
  readonly jobstatus?: number;
  readonly jobresult?: object;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds);
  });
}

/** The server keeps the contract; its tests see to that. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- inferred from where the answer goes
function typed<T>(value: object): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where JSON becomes typed
  return value as T;
}
