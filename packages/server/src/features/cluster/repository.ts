import type { HypervisorKind } from '@isola/agent-protocol';
import type { Db } from '../../store/database.ts';
import type { ClusterRow, PodRow } from '../../store/schema.ts';
import { refused } from '../host/repository.ts';

interface NewCluster {
  readonly pod: PodRow;
  readonly name: string;
  readonly hypervisor: HypervisorKind;
  readonly enabled?: boolean;
}

const longestName = 255;
const hypervisors: readonly HypervisorKind[] = ['KVM', 'LXC', 'Simulator'];

/** Writes a cluster. 431 for a name that the pod has. */
export async function insertCluster(
  tx: Db,
  { pod, name, hypervisor, enabled = true }: NewCluster,
): Promise<ClusterRow> {
  return tx
    .insertInto('clusters')
    .values({
      zone_id: pod.zone_id,
      pod_id: pod.id,
      name: checkedName(name),
      hypervisor,
      allocation_state: enabled ? 'Enabled' : 'Disabled',
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A name without blanks around it. 431 for an empty or too long one. */
export function checkedName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > longestName)
    throw refused(`clustername must have 1 to ${longestName} characters`);
  return name;
}

/** The hypervisor that a text names. 431 for one that there is not. */
export function hypervisorOf(text: string): HypervisorKind {
  const found = hypervisors.find(name => name.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw refused(`Hypervisor ${text} is not supported: ${hypervisors.join(', ')}`);
}
