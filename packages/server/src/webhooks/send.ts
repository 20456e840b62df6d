import { createHmac } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { cloudStackVersion } from '@isola/api';
import { mayFetchFrom } from '../templates/allowed-address.ts';
import { judgedLookup } from '../templates/judged-lookup.ts';

/** Bytes of a receiver's answer that are kept. */
const keptBytes = 4096;

export interface Message {
  readonly url: string;
  readonly payload: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Signs the payload; `null` for no signature. */
  readonly secretKey: string | null;
  /** Whether the receiver's certificate must be one for its name that the machine trusts. */
  readonly sslVerification: boolean;
}

export interface SendOptions {
  readonly timeoutMs: number;
  /** CIDRs inside the data centre that may be sent to. */
  readonly allowed: readonly string[];
  readonly signal: AbortSignal;
}

export interface Sent {
  readonly success: boolean;
  /** As they were sent, a line each. */
  readonly headers: string;
  /** What the receiver answered, or why it did not. */
  readonly response: string;
}

/** Sends a message once, by POST; redirects are not followed. Never throws: what went wrong is in the answer. */
export async function send(message: Message, options: SendOptions): Promise<Sent> {
  const headers = headersOf(message);
  const written = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  try {
    const { status, text } = await post(message, headers, options);
    return {
      success: status >= 200 && status < 300,
      headers: written,
      response: text === '' ? `status ${status}` : `status ${status}\n${text}`,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    return { success: false, headers: written, response: reason };
  }
}

/** CloudStack's headers: the signature is the base64 HMAC-SHA256 of the payload. */
function headersOf({ payload, eventId, eventType, secretKey }: Message): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': String(Buffer.byteLength(payload)),
    'User-Agent': `CS-Hookshot/${cloudStackVersion}`,
    'X-CS-Event-ID': eventId,
    'X-CS-Event': eventType,
    ...(secretKey === null
      ? {}
      : {
          'X-CS-Signature': createHmac('sha256', secretKey)
            .update(payload, 'utf8')
            .digest('base64'),
        }),
  };
}

async function post(
  message: Message,
  headers: Record<string, string>,
  { timeoutMs, allowed, signal }: SendOptions,
): Promise<{ status: number; text: string }> {
  const url = new URL(message.url);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const refusal = (): Error =>
    new Error(
      `${name} is an internal address; webhook.allowed.internal.sites lists those that are allowed`,
    );
  // A literal address is never looked up: it is judged here.
  if (isIP(name) !== 0 && !mayFetchFrom(name, allowed)) throw refusal();
  const late = AbortSignal.timeout(timeoutMs);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, failed) => {
    const call = request(
      {
        method: 'POST',
        protocol: url.protocol,
        hostname: name,
        port: url.port,
        path: url.pathname + url.search,
        headers: { host: url.host, ...headers },
        // No kept connection: it would be one that was judged for another.
        agent: false,
        lookup: judgedLookup(allowed, refusal),
        rejectUnauthorized: message.sslVerification,
        signal: AbortSignal.any([signal, late]),
      },
      response => {
        beginning(response).then(text => done({ status: response.statusCode ?? 0, text }), failed);
      },
    );
    call.on('error', (error: Error) =>
      failed(late.aborted ? new Error(`no answer within ${timeoutMs / 1000} seconds`) : error),
    );
    call.end(message.payload);
  });
}

/** The beginning of an answer; the rest is not read. */
async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) break;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= keptBytes) break;
  }
  response.destroy();
  // PostgreSQL keeps no NUL in texts.
  return Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8').replaceAll('\0', '');
}
