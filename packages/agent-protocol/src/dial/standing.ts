import { request } from 'node:https';
import { agentPath } from '../wire/messages.ts';
import { type Identity, messageOf } from './identity.ts';

/** What a server thinks of a host: known, not welcome, or it cannot be asked. */
export interface Standing {
  readonly state: 'known' | 'refused' | 'unreachable';
  /** Why, unless known. */
  readonly reason: string;
}

const timeoutMs = 10_000;

/** Asks the server whether it would let this host in. */
export function standingAt(serverUrl: string, identity: Identity): Promise<Standing> {
  return new Promise(resolve => {
    const call = request(
      new URL(agentPath, serverUrl),
      {
        ca: identity.authority,
        cert: identity.certificate,
        key: identity.privateKey,
        minVersion: 'TLSv1.3',
        agent: false,
        timeout: timeoutMs,
      },
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text = (text + chunk).slice(0, 1000);
        });
        response.on('error', error => resolve({ state: 'unreachable', reason: error.message }));
        response.on('end', () =>
          resolve(
            response.statusCode === 200
              ? { state: 'known', reason: '' }
              : { state: 'refused', reason: reasonIn(text) },
          ),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error('it does not answer')));
    call.on('error', error => resolve({ state: 'unreachable', reason: messageOf(error) }));
    call.end();
  });
}

/** The server's reason in its JSON; the text itself when it is something else. */
export function reasonIn(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed)
      return String(parsed.error);
  } catch {
    // Not this server's words, but words.
  }
  return text;
}
