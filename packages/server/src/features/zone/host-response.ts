import type { ResultOf } from '@isola/api';
import type { HostRow } from '../../store/schema.ts';
import type { Allocated } from './host-capacity.ts';

export interface HostOfCluster extends HostRow {
  readonly zone: string;
  readonly pod: string;
  readonly cluster: string;
}

/** A host as the API shows it; `allocated` is `null` when capacities were not asked for. */
export function hostResponse(
  host: HostOfCluster,
  allocated: Allocated | null,
): ResultOf<'listHosts'>['items'][number] {
  return {
    id: host.id,
    name: host.name,
    type: 'Routing',
    state: host.state,
    resourcestate: host.resource_state,
    hypervisor: host.hypervisor,
    hypervisorversion: host.kernel,
    ipaddress: host.address,
    zoneid: host.zone_id,
    zonename: host.zone,
    podid: host.pod_id,
    podname: host.pod,
    clusterid: host.cluster_id,
    clustername: host.cluster,
    clustertype: 'CloudManaged',
    cpunumber: host.cpu_cores,
    cpuspeed: host.cpu_mhz,
    memorytotal: host.memory_bytes,
    islocalstorageactive: true,
    hahost: false,
    created: host.created,
    lastpinged: host.last_seen,
    ...(allocated === null ? {} : capacityFields(host, allocated)),
  };
}

function capacityFields(host: HostRow, allocated: Allocated) {
  const megahertz = host.cpu_cores * host.cpu_mhz;
  const cpu = percent(allocated.megahertz, megahertz);
  return {
    cpuallocated: cpu,
    cpuallocatedpercentage: cpu,
    cpuallocatedvalue: allocated.megahertz,
    cpuallocatedwithoverprovisioning: cpu,
    cpuwithoverprovisioning: String(megahertz),
    memoryallocated: allocated.bytes,
    memoryallocatedbytes: allocated.bytes,
    memoryallocatedpercentage: percent(allocated.bytes, host.memory_bytes),
    memorywithoverprovisioning: String(host.memory_bytes),
    hasenoughcapacity: allocated.bytes < host.memory_bytes,
  };
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? '0' : ((100 * part) / whole).toFixed(2)}%`;
}
