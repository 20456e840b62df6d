import type { ResultOf } from '@isola/api';
import type { Db } from '../../store/database.ts';
import type { ClusterRow } from '../../store/schema.ts';
import type { CapacityEntity } from '../capacity/response.ts';
import { settingsAt } from '../setting/value.ts';

interface ClusterOfPod extends ClusterRow {
  readonly zone: string;
  readonly pod: string;
}

export type ClusterEntity = ResultOf<'listClusters'>['items'][number];

/** Clusters as the API shows them; with the capacities that are given. */
export async function clusterResponses(
  db: Db,
  clusters: readonly ClusterOfPod[],
  capacities?: (id: string) => readonly CapacityEntity[],
): Promise<ClusterEntity[]> {
  const ids = clusters.map(({ id }) => id);
  const factors = await settingsAt(db, 'mem.overprovisioning.factor', { scope: 'cluster', ids });
  return clusters.map(cluster =>
    clusterResponse(cluster, factors.get(cluster.id) ?? 1, capacities?.(cluster.id)),
  );
}

function clusterResponse(
  cluster: ClusterOfPod,
  memoryFactor: number,
  capacity: readonly CapacityEntity[] | undefined,
): ClusterEntity {
  // Processors are not kept count of: hosts are limited by their memory.
  const ratios = { cpuOvercommitRatio: '1.0', memoryOvercommitRatio: memoryFactor.toFixed(1) };
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
    cpuovercommitratio: ratios.cpuOvercommitRatio,
    memoryovercommitratio: ratios.memoryOvercommitRatio,
    resourcedetails: ratios,
    ...(capacity === undefined ? {} : { capacity }),
  };
}
