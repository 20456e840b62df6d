import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { httpLimits } from './limits.ts';
import type { Random } from './test-fuzz-random.ts';

/** One request as it goes over the wire. */
export interface WireCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | null;
}

export interface WireAnswer {
  readonly status: number;
  readonly text: string;
}

/** Milliseconds in which every call must be answered. */
const patience = 60_000;

/** Sends calls over a few connections that are kept. */
export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Rejects when there is no answer in time, or the connection ends without one. */
  send(call: WireCall): Promise<WireAnswer> {
    // A kept connection may be closed by the server as it is taken again: that says nothing of the call.
    return this.#attempt(call, this.#agent).catch((error: unknown) => {
      if (error instanceof ReusedError) return this.#attempt(call, false);
      throw error;
    });
  }

  #attempt({ method, path, headers, body }: WireCall, agent: Agent | false): Promise<WireAnswer> {
    const { hostname, port } = this.#url;
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path, headers });
      sent.setTimeout(patience, () => sent.destroy(new Error(`no answer in ${patience} ms`)));
      // A body that is too long is not read to its end: the answer may be lost with the connection.
      const tooLong = (body?.length ?? 0) > httpLimits.bodyBytes;
      sent.on('error', error => {
        if (tooLong) resolve({ status: 413, text: '' });
        else reject(sent.reusedSocket ? new ReusedError(error.message) : error);
      });
      sent.on('response', response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The connection had carried another call before. */
class ReusedError extends Error {}

const form = 'application/x-www-form-urlencoded';

/** A query in the ways that clients and others send it. */
export function wireCall(random: Random, query: string): WireCall {
  const path = '/client/api';
  if (random.chance(0.7))
    return { method: 'GET', path: `${path}?${query}`, headers: {}, body: null };
  if (random.chance(0.8))
    return { method: 'POST', path, headers: { 'content-type': form }, body: query };
  return {
    method: random.pick(['POST', 'PUT']),
    path: random.pick([path, `${path}/`, '/', '/client', `${path}?${query}`]),
    headers: {
      'content-type': random.pick([
        form,
        'application/json',
        'multipart/form-data; boundary=x',
        'text/plain',
      ]),
      cookie: random.pick(['JSESSIONID=x', 'a=b; JSESSIONID="', 'JSESSIONID=; sessionkey=x']),
    },
    body: random.pick([query, '{"command":"listUsers"}', 'x'.repeat(300_000), '']),
  };
}

/** The query damaged as proxies and attackers do: signatures no longer fit, encodings are none. */
export function damaged(random: Random, query: string): string {
  const at = random.below(query.length + 1);
  const into = random.pick([
    '%',
    '%zz',
    '%ff',
    '%c0%af',
    '%00',
    '+',
    ';',
    '&&',
    '=',
    '&=',
    '%u0041',
    '\u007f',
    '%ed%a0%80',
  ]);
  return random.pick([
    query.slice(0, at) + into + query.slice(at),
    query.slice(0, at),
    query.replaceAll('&', ';'),
    query.replaceAll('%', '%25'),
    `${query}&${query}`,
    `&&&${query}`,
    `${query}${'&a=b'.repeat(300)}`,
  ]);
}
