import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { signedUrl, signParams } from '@isola/api';
import { CliError, messageOf } from '../cli-error.ts';
import { isRecord, type JsonRecord } from './json.ts';
import type { Profile } from './profile.ts';

type Parameters = Readonly<Record<string, string>>;

const hmac = (key: string, text: string): string =>
  createHmac('sha1', key).update(text).digest('base64');

function credentialsOf(profile: Profile): { apiKey: string; secretKey: string } {
  return { apiKey: profile.apikey, secretKey: profile.secretkey };
}

/** A URL that makes the call when it is fetched; it holds no secret but the signature. */
export function signUrl(profile: Profile, command: string, params: Parameters): Promise<string> {
  const all = { command, response: 'json', ...params };
  return signedUrl(profile.url, all, { credentials: credentialsOf(profile), hmac });
}

/** Calls a command and gives the inside of its answer. Throws a `CliError` with the API's own text. */
export async function callApi(
  profile: Profile,
  command: string,
  params: Parameters,
): Promise<JsonRecord> {
  const body = await signParams(
    { command, response: 'json', ...params },
    credentialsOf(profile),
    hmac,
  );
  const response = await fetch(profile.url, { method: 'POST', body }).catch((error: unknown) => {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CliError(
      `nothing answers at ${profile.url}: ${messageOf(reason)}`,
      'Start Isola with `npm run up`.',
    );
  });
  const answer: unknown = await response.json().catch(() => null);
  const inside = isRecord(answer) ? Object.values(answer)[0] : null;
  if (!isRecord(inside)) {
    throw new CliError(`${profile.url} answers ${response.status} without a CloudStack answer`);
  }
  if (!response.ok) throw apiError(command, inside);
  return inside;
}

/** As `callApi`; where the answer is a job, waits for it and gives its result. */
export async function callAndWait(
  profile: Profile,
  command: string,
  params: Parameters,
): Promise<JsonRecord> {
  const answer = await callApi(profile, command, params);
  const jobId = answer['jobid'];
  // Job queries carry a job's id too, and are answers already.
  if (typeof jobId !== 'string' || 'jobstatus' in answer) return answer;
  for (let wait = 20; ; wait = Math.min(wait * 1.5, 1000)) {
    const job = await callApi(profile, 'queryAsyncJobResult', { jobid: jobId });
    const result = isRecord(job['jobresult']) ? job['jobresult'] : {};
    if (job['jobstatus'] === 1) return result;
    if (job['jobstatus'] === 2) throw apiError(command, result);
    await delay(wait);
  }
}

function apiError(command: string, body: JsonRecord): CliError {
  return new CliError(`${command}: ${String(body['errorcode'])} ${String(body['errortext'])}`);
}
