import { request } from 'node:https';
import type { Readable } from 'node:stream';
import { type ErrorCode, errorRegistry, IsolaError } from '@isola/model';
import * as z from 'zod';
import { templatePath } from '../wire/join.ts';
import type { Identity } from './identity.ts';

const answerMs = 30_000;

const refusalSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorRegistry) as [ErrorCode, ...ErrorCode[]]),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
});

/** The files of templates over the server's port for agents. */
export function templateDownload(
  serverUrl: string,
  identity: () => Identity,
): { open(templateId: string): Promise<Readable> } {
  return {
    open: id =>
      new Promise<Readable>((resolve, reject) => {
        const { authority, certificate, privateKey } = identity();
        const call = request(
          new URL(templatePath(id), serverUrl),
          {
            ca: authority,
            cert: certificate,
            key: privateKey,
            minVersion: 'TLSv1.3',
            agent: false,
            timeout: answerMs,
          },
          response => {
            // Silence in the middle is the receiver's to judge.
            call.setTimeout(0);
            if (response.statusCode === 200) return resolve(response);
            refusalOf(response).then(reject, reject);
          },
        );
        call.on('timeout', () => call.destroy(new Error('no answer')));
        call.on('error', error => reject(unavailable(error.message)));
        call.end();
      }),
  };
}

async function refusalOf(response: Readable): Promise<IsolaError> {
  let text = '';
  for await (const chunk of response) text = (text + String(chunk)).slice(0, 10_000);
  try {
    const { code, details } = refusalSchema.parse(JSON.parse(text)).error;
    return new IsolaError(code, details);
  } catch {
    return unavailable(text);
  }
}

function unavailable(reason: string): IsolaError {
  return new IsolaError('resource_unavailable', {
    reason: `the server does not give the template: ${reason}`,
  });
}
