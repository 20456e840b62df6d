/**
 * Generation of jobs that wait for a host: `prepareHostForMaintenance` until it is in maintenance, `reconnectHost` until its
 * agent is back; of `addHost`, which waits for its join token (`jobs.complete(tx, hostId, hostGeneration)`). A host has one such
 * thing to do at a time.
 */
export const hostGeneration = 1;
