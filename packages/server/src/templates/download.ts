import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { mayFetchFrom } from './allowed-address.ts';
import { judgedLookup } from './judged-lookup.ts';

export interface DownloadLimits {
  readonly redirects: number;
  /** Milliseconds until a server must have begun to answer, for each redirect. */
  readonly answerMs: number;
  /** Milliseconds for all of it. */
  readonly totalMs: number;
  /** Bytes that must come in each `windowMs` milliseconds. */
  readonly slowest: { readonly bytes: number; readonly windowMs: number };
}

export const downloadLimits: DownloadLimits = {
  redirects: 5,
  answerMs: 30_000,
  totalMs: 6 * 3_600_000,
  slowest: { bytes: 1 << 20, windowMs: 60_000 },
};

export interface DownloadOptions {
  readonly limits: DownloadLimits;
  /** Bytes that the file may have. */
  readonly maxBytes: number;
  /** CIDRs inside the data centre that may be fetched from. */
  readonly allowed: readonly string[];
  readonly signal: AbortSignal;
}

export interface Download {
  /** Throws an `Error` that says what was wrong when the content does not come whole, in time and within the limits. */
  readonly content: AsyncIterable<Buffer>;
  /** Bytes that the server announced, `null` when it did not. */
  readonly length: number | null;
}

/**
 * Fetches a file by HTTP or HTTPS without credentials. The address that is connected to is the one that was judged, also after
 * each redirect: a name that resolves to something else the next time gets nowhere.
 */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const { limits, maxBytes } = options;
  const ended = AbortSignal.any([options.signal, AbortSignal.timeout(limits.totalMs)]);
  const response = await follow(new URL(url), options, ended);
  const announced = response.headers['content-length'];
  const length = announced === undefined ? null : Number(announced);
  if (length !== null && length > maxBytes) {
    response.destroy();
    throw new Error(`the file has ${length} bytes, and ${maxBytes} are allowed`);
  }
  return { length, content: read(response, options, ended) };
}

/** The limits of what comes; every way out lets go of the connection. */
async function* read(
  response: IncomingMessage,
  { limits, maxBytes }: DownloadOptions,
  ended: AbortSignal,
): AsyncGenerator<Buffer> {
  const { bytes: least, windowMs } = limits.slowest;
  let received = 0;
  let before = 0;
  const pace = setInterval(() => {
    if (received - before < least)
      response.destroy(new Error(`less than ${least} bytes came in ${windowMs / 1000} seconds`));
    before = received;
  }, windowMs);
  const stop = (): void => void response.destroy(reasonOf(ended, limits));
  ended.addEventListener('abort', stop);
  // A signal that was given before is not given again.
  if (ended.aborted) stop();
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) throw new Error('the answer is not one of bytes');
      received += chunk.length;
      if (received > maxBytes)
        throw new Error(`the file has more than the ${maxBytes} bytes that are allowed`);
      yield chunk;
    }
    if (!response.complete) throw new Error(`the connection ended after ${received} bytes`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
      throw new Error(`the connection ended after ${received} bytes`, { cause: error });
    throw error;
  } finally {
    clearInterval(pace);
    ended.removeEventListener('abort', stop);
    response.destroy();
  }
}

async function follow(
  start: URL,
  options: DownloadOptions,
  ended: AbortSignal,
): Promise<IncomingMessage> {
  let url = start;
  for (let hops = 0; hops <= options.limits.redirects; hops += 1) {
    const response = await get(url, options, ended);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) {
      const encoding = headers['content-encoding'] ?? 'identity';
      if (encoding === 'identity') return response;
      response.destroy();
      throw new Error(`${url.host} sends the file encoded as ${encoding}`);
    }
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined)
      throw new Error(`${url.host} answered with status ${statusCode}`);
    url = new URL(headers.location, url);
  }
  throw new Error(`there were more than ${options.limits.redirects} redirects`);
}

function get(url: URL, options: DownloadOptions, ended: AbortSignal): Promise<IncomingMessage> {
  const { limits, allowed } = options;
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`${url.protocol} is not fetched`);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never looked up: it is judged here.
  if (isIP(name) !== 0 && !mayFetchFrom(name, allowed)) throw internal(url);
  const late = AbortSignal.timeout(limits.answerMs);
  const signal = AbortSignal.any([ended, late]);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, failed) => {
    const call = request(
      {
        protocol: url.protocol,
        hostname: name,
        port: url.port,
        path: url.pathname + url.search,
        headers: { host: url.host, 'accept-encoding': 'identity', 'user-agent': 'isola' },
        // No kept connection: it would be one that was judged for another.
        agent: false,
        lookup: judgedLookup(allowed, () => internal(url)),
      },
      response => {
        signal.removeEventListener('abort', stop);
        done(response);
      },
    );
    const stop = (): void =>
      void call.destroy(
        late.aborted
          ? new Error(`${url.host} did not answer within ${limits.answerMs / 1000} seconds`)
          : reasonOf(ended, limits),
      );
    signal.addEventListener('abort', stop);
    call.on('error', failed);
    if (signal.aborted) stop();
    else call.end();
  });
}

function internal(url: URL): Error {
  return new Error(
    `${url.hostname} is an internal address; secstorage.allowed.internal.sites lists those that are allowed`,
  );
}

function reasonOf(ended: AbortSignal, limits: DownloadLimits): Error {
  const { reason }: { reason: unknown } = ended;
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new Error(`it took more than ${limits.totalMs / 1000} seconds`)
    : new Error('it was stopped');
}
