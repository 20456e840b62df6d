import type { ResultOf } from '@isola/api';
import type { ClusterRow } from '../../store/schema.ts';
import type { CapacityEntity } from '../capacity/response.ts';

interface ClusterOfPod extends ClusterRow {
  readonly zone: string;
  readonly pod: string;
}

export type ClusterEntity = ResultOf<'listClusters'>['items'][number];

/** A cluster as the API shows it; with capacities where they were asked for. */
export function clusterResponse(
  cluster: ClusterOfPod,
  capacity?: readonly CapacityEntity[],
): ClusterEntity {
  return {
    id: cluster.id,
    name: cluster.name,
    podid: cluster.pod_id,
    podname: cluster.pod,
    zoneid: cluster.zone_id,
    zonename: cluster.zone,
    hypervisortype: cluster.hypervisor,
    clustertype: 'CloudManaged',
    managedstate: 'Managed',
    allocationstate: cluster.allocation_state,
    cpuovercommitratio: '1.0',
    memoryovercommitratio: '1.0',
    ...(capacity === undefined ? {} : { capacity }),
  };
}
