import type { Waits } from '../../http/call.ts';

/**
 * Generation of jobs that wait for a host: `prepareHostForMaintenance` until it is in maintenance, `reconnectHost` until its
 * agent is back (`jobs.complete(tx, hostId, hostGeneration)`). A host has one such thing to do at a time.
 */
export const hostGeneration = 1;

/** What a job about a host waits for. */
export function hostWaits(id: string): Waits {
  return { kind: 'host', id, generation: hostGeneration };
}
