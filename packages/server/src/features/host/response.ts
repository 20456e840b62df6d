import type { HostLoad } from '@isola/agent-protocol';
import type { ResultOf } from '@isola/api';
import type { HostRow } from '../../store/schema.ts';
import type { Allocated } from './capacity.ts';
import type { ShownHost } from './repository.ts';

export type HostEntity = ResultOf<'listHosts'>['items'][number];

/** Parts of an answer that `details` leaves out unless it names them. */
export const hostParts = ['capacity', 'stats'] as const;
export type HostPart = (typeof hostParts)[number];

interface Shown {
  readonly allocated: Allocated;
  /** How often the memory may be given out. */
  /** Bytes that may be given out. */
  readonly memory: number;
  readonly parts: ReadonlySet<HostPart>;
}

/** A host as the API shows it. */
export function hostResponse(host: ShownHost, { allocated, memory, parts }: Shown): HostEntity {
  return {
    id: host.id,
    name: host.name,
    type: 'Routing',
    state: host.state,
    resourcestate: host.resource_state,
    hypervisor: host.hypervisor,
    hypervisorversion: host.hypervisor_version,
    version: host.agent_version,
    capabilities: host.hypervisor === 'KVM' && host.accelerated ? 'hvm' : '',
    ueficapability: false,
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
    hosttags: host.tags.join(','),
    explicithosttags: host.tags.join(','),
    implicithosttags: '',
    istagarule: false,
    islocalstorageactive: host.shared_storage === null,
    hahost: false,
    created: host.created,
    lastpinged: host.last_seen,
    details: detailsOf(host),
    ...(host.disconnected === null ? {} : { disconnected: host.disconnected }),
    ...(host.state === 'Up' && host.server_id !== null
      ? { managementserverid: host.server_id }
      : {}),
    ...(parts.has('capacity') ? capacityFields(host, allocated, memory) : {}),
    ...(parts.has('stats') ? loadFields(host) : {}),
  };
}

/** What CloudStack has no field for, under names as it gives them to details. */
function detailsOf(host: HostRow): Record<string, string> {
  return {
    'Host.OS.Kernel.Version': host.kernel,
    'Host.accelerated': String(host.accelerated),
    'Host.public.network': String(host.reaches_public),
    secured: String(!host.is_local),
    ...(host.underlay_address === null ? {} : { 'Host.underlay.address': host.underlay_address }),
    ...(host.underlay_mtu === null ? {} : { 'Host.underlay.mtu': String(host.underlay_mtu) }),
    ...(host.shared_storage === null ? {} : { 'Host.shared.storage': host.shared_storage }),
  };
}

function capacityFields(host: HostRow, allocated: Allocated, memory: number): HostEntity {
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
    memorywithoverprovisioning: String(memory),
    hasenoughcapacity: allocated.bytes < memory,
  };
}

/** What the host said last. */
function loadFields({ load }: HostRow): HostEntity {
  if (load === null) return {};
  const { nics } = load;
  const sum = (read: (nic: HostLoad['nics'][number]) => number): number =>
    Math.floor(nics.reduce((bytes, nic) => bytes + read(nic), 0) / 1024);
  return {
    cpuused: `${load.cpuPercent.toFixed(2)}%`,
    memoryused: load.memoryUsedBytes,
    disksizetotal: load.disk.totalBytes,
    disksizeallocated: load.disk.totalBytes - load.disk.freeBytes,
    networkkbsread: sum(nic => nic.receivedBytes),
    networkkbswrite: sum(nic => nic.sentBytes),
  };
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? '0' : ((100 * part) / whole).toFixed(2)}%`;
}
