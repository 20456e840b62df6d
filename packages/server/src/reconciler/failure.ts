import { type ErrorCode, IsolaError } from '@isola/model';

/** Trouble that passes: the step is repeated. Everything else that the registry knows stays wrong however often it is tried. */
const passing = new Set<ErrorCode>(['resource_unavailable', 'in_use', 'internal']);

/** Whether repeating the step that threw `error` is pointless. */
export function isPermanent(error: unknown): error is IsolaError {
  return error instanceof IsolaError && !passing.has(error.code);
}

/** Whether a host or router did not do what it was asked now. */
export function isSilence(error: unknown): error is IsolaError {
  return error instanceof IsolaError && error.code === 'resource_unavailable';
}

/** What a job that waited for the step is told. */
export function asFailure(error: unknown): IsolaError {
  if (error instanceof IsolaError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new IsolaError('resource_unavailable', { reason }, error);
}

/** Milliseconds until attempt number `attempt` (1 is the first repetition): doubling, at most `longest`. */
export function backOff(attempt: number, { first, longest }: Patience): number {
  return Math.min(longest, first * 2 ** Math.min(attempt - 1, 20));
}

export interface Patience {
  /** Milliseconds before the first repetition. */
  readonly first: number;
  readonly longest: number;
  /** How long a job waits for trouble to pass before it fails. */
  readonly jobs: number;
  /** How long a router that was started may be waited for before it is started anew. */
  readonly firstAnswer: number;
}

/** A step that failed. */
export interface Trouble {
  readonly error: unknown;
  readonly patience: Patience;
  /** Milliseconds since the first failure in a row. */
  readonly since: number;
}
