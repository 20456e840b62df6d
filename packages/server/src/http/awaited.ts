import { type Answer, type JsonObject, responseName } from '@isola/api';
import { errorRegistry } from '@isola/model';
import type { JobRow } from '../store/schema.ts';

/** The HTTP status and answer of a synchronous command whose intent a job carried: what `jobresult` would be. */
export function awaitedAnswer(job: JobRow): { readonly status: number; readonly answer: Answer } {
  const result: JsonObject = isJsonObject(job.result) ? job.result : {};
  const name = responseName(job.command);
  if (job.status === 1) return { status: 200, answer: { name, body: textOfSuccess(result) } };
  const status = job.result_code;
  return {
    status,
    answer: { name, body: { uuidList: [], cserrorcode: csCodeOf(status), ...result } },
  };
}

/** Answers of synchronous commands have `success` as a text, job results as a truth value. */
function textOfSuccess(result: JsonObject): JsonObject {
  const { success } = result;
  return typeof success === 'boolean' ? { ...result, success: String(success) } : result;
}

function csCodeOf(status: number): number {
  const definition = Object.values(errorRegistry).find(entry => entry.status === status);
  return definition?.csCode ?? errorRegistry.internal.csCode;
}

/** What the database holds as JSON was written as such. */
function isJsonObject(value: Record<string, unknown> | null): value is JsonObject {
  return value !== null;
}
