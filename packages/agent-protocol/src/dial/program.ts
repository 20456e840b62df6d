import { request } from 'node:https';
import { decodeJoinToken, programPath } from '../wire/join.ts';
import { authorityOf, unreachable } from './join.ts';

const timeoutMs = 60_000;

/** The agent's program as the server of a join token gives it. */
export async function downloadProgram(serverUrl: string, token: string): Promise<Buffer> {
  const url = new URL(programPath, serverUrl);
  const ca = await authorityOf(url, decodeJoinToken(token).authority);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { ca, minVersion: 'TLSv1.3', timeout: timeoutMs, agent: false },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(unreachable(url, `it answers ${response.statusCode ?? 0}`));
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('it does not answer')));
    call.on('error', error => reject(unreachable(url, error.message)));
    call.end();
  });
}
