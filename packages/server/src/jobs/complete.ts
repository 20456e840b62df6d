import type { JsonObject } from '@isola/api';
import type { IsolaError } from '@isola/model';
import type { Db } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';

/** Computes a job's result; given by the dispatcher, which knows the handlers. */
export type JobResult = (db: Db, job: JobRow) => Promise<JsonObject>;

/** What convergers call when a network or instance has applied a generation, or never will. */
export interface Jobs {
  /** Ends, with success, every pending job that waits for `id` at `generation` or before. Call in the transaction that records the applied generation. */
  complete(db: Db, id: string, generation: number): Promise<void>;
  /** Ends, with an error, every pending job that waits for `id` at `generation` or before. */
  fail(db: Db, id: string, failure: { generation: number; error: IsolaError }): Promise<void>;
}
