import { randomUUID } from 'node:crypto';
import { IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import { refusalOf } from '../store/database-error.ts';

/** What a caller is told of an error. One that nobody foresaw goes to the log under a reference, and only that to the caller. */
export function errorForCaller(error: unknown, log: Logger): IsolaError {
  if (error instanceof IsolaError) {
    if (error.code === 'internal') log.error({ err: error }, 'call failed');
    return error;
  }
  const refusal = refusalOf(error);
  if (refusal !== null) {
    log.warn({ err: error }, 'the database refused what a command let through');
    return refusal;
  }
  const reference = randomUUID();
  log.error({ err: error, reference }, 'call failed');
  return new IsolaError('internal', { reference }, error);
}
