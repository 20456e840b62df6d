import type { IsolaError } from '@isola/model';
import { type Answer, responseName } from './answer.ts';
import type { JsonObject } from './json-tree.ts';

/** What a failed job has as `jobresult`. */
export function jobErrorTree(error: IsolaError): JsonObject {
  return { errorcode: error.status, errortext: error.message };
}

/** The answer of a refused call; the HTTP status is `error.status`. `command` is undefined when there is none such. */
export function errorAnswer(command: string | undefined, error: IsolaError): Answer {
  return {
    name: responseName(command),
    body: {
      uuidList: [],
      errorcode: error.status,
      cserrorcode: error.csCode,
      errortext: error.message,
    },
  };
}
