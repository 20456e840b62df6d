import type { Call } from '../http/call.ts';

interface Places {
  readonly hostid?: string | undefined;
  readonly clusterid?: string | undefined;
  readonly podid?: string | undefined;
  readonly storageid?: string | undefined;
}

/**
 * Filters by where things run. Only root administrators are told that: from others, as in CloudStack, these filters are not
 * heard, or they would tell it by what is left out.
 */
export function placementFilters(
  { caller }: Pick<Call, 'caller'>,
  { hostid, clusterid, podid, storageid }: Places,
): Places {
  return caller.account.role === 'Root Admin' ? { hostid, clusterid, podid, storageid } : {};
}
