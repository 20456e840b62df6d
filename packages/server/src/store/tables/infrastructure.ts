import type { HostLoad, HypervisorKind } from '@isola/agent-protocol';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** Zones and what they are made of, hosts and their certificates. */

/** Whether anything new is put there. */
export type AllocationState = 'Enabled' | 'Disabled';

export interface ZoneTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  dns: string[];
  internal_dns: string[];
  guest_cidr: string;
  network_domain: string;
  allocation_state: Generated<AllocationState>;
  dhcp_provider: Generated<string>;
  zone_token: string;
  /** Whose it is, with the domains below; `null`: everybody's. */
  domain_id: string | null;
  is_edge: Generated<boolean>;
  local_storage: Generated<boolean>;
  sort_key: Generated<number>;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  created: Generated<Date>;
}

export interface PodTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  name: string;
  /** `null` with the prefix where a pod of an edge zone has no addresses. */
  gateway: string | null;
  prefix: number | null;
  allocation_state: Generated<AllocationState>;
}

export interface ClusterTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  pod_id: string;
  name: string;
  hypervisor: string;
  allocation_state: Generated<string>;
}

/** Whether the host's agent is there; `Alert`: lost, but others still reach the host; `Down`: known to be dead. */
export type HostState =
  | 'Creating'
  | 'Connecting'
  | 'Up'
  | 'Disconnected'
  | 'Alert'
  | 'Down'
  | 'Removed';

export type HostResourceState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PrepareForMaintenance'
  | 'ErrorInMaintenance'
  | 'Maintenance'
  | 'Error';

export interface HostTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  pod_id: string;
  cluster_id: string;
  name: string;
  hypervisor: HypervisorKind;
  /** Management address. */
  address: string;
  state: Generated<HostState>;
  resource_state: Generated<HostResourceState>;
  cpu_cores: number;
  cpu_mhz: number;
  memory_bytes: number;
  kernel: string;
  is_local: Generated<boolean>;
  hypervisor_version: Generated<string>;
  accelerated: Generated<boolean>;
  agent_version: Generated<string>;
  underlay_address: string | null;
  underlay_mtu: number | null;
  guest_mtu: number | null;
  reaches_public: Generated<boolean>;
  shared_storage: string | null;
  tags: Generated<string[]>;
  certificate: string | null;
  disconnected: Date | null;
  load: ColumnType<HostLoad | null, string | null | undefined, string | null>;
  created: Generated<Date>;
  last_seen: Generated<Date>;
}

export interface PhysicalNetworkTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  name: string;
  isolation_method: Generated<'VLAN' | 'VXLAN'>;
  /** Interface (or bridge) of guest traffic on the hosts; `null` is each host's own choice. */
  guest_label: string | null;
  state: Generated<AllocationState>;
  tags: Generated<string[]>;
  network_speed: string | null;
  domain_id: string | null;
}

export interface PublicRangeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  physical_network_id: string;
  vlan: Generated<string>;
  gateway: string;
  prefix: number;
  first_address: string;
  last_address: string;
  /** The account, or the domain, that it is set aside for. */
  account_id: string | null;
  domain_id: string | null;
  created: Generated<Date>;
}

export interface PodRangeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  pod_id: string;
  gateway: string;
  prefix: number;
  first_address: string;
  last_address: string;
  /** A tag, or `untagged`. */
  vlan: Generated<string>;
  for_system_vms: Generated<boolean>;
}

export interface StorageRangeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  pod_id: string;
  gateway: string;
  prefix: number;
  first_address: string;
  last_address: string;
  vlan: number | null;
}

export interface StoragePoolTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  /** With the cluster; `null` for a pool of the whole zone. */
  pod_id: string | null;
  cluster_id: string | null;
  name: string;
  type: StoragePoolType;
  server: string;
  path: string;
  hypervisor: string;
  state: Generated<'Up' | 'Disabled'>;
  tags: Generated<string[]>;
  capacity_bytes: number | null;
  capacity_iops: number | null;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  created: Generated<Date>;
}

export type StoragePoolType = 'NetworkFilesystem' | 'SharedMountPoint' | 'Filesystem';

/** Tags, or VXLAN network identifiers, that networks are given. */
export interface VlanRangeTable {
  physical_network_id: string;
  first_tag: number;
  last_tag: number;
}

export interface DedicatedVlanRangeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  physical_network_id: string;
  account_id: string;
  domain_id: string;
  first_tag: number;
  last_tag: number;
}

export interface TrafficTypeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  physical_network_id: string;
  traffic_type: TrafficType;
  /** Interface or bridge on the hosts; that of guest traffic is `guest_label` of the physical network. */
  label: string | null;
  vlan: string | null;
}

export type TrafficType = 'Guest' | 'Public' | 'Management' | 'Storage';

export interface ServiceProviderTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  physical_network_id: string;
  name: ProviderName;
  state: Generated<AllocationState>;
  /** Those that it is used for; `null`: all that it has. */
  services: string[] | null;
}

export type ProviderName = 'VirtualRouter' | 'VpcVirtualRouter' | 'InternalLbVm';

export interface ProviderElementTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  provider_id: string;
  enabled: Generated<boolean>;
}

export interface AuthorityTable {
  singleton: Generated<boolean>;
  certificate: string;
  sealed_key: string;
}

export interface HostCertificateTable {
  fingerprint: string;
  serial: string;
  host_id: string;
  host_name: string;
  issued: Generated<Date>;
  expires: Date;
  revoked: Date | null;
}

export interface JoinTokenTable {
  id: Generated<string>;
  secret_hash: string;
  zone_id: string;
  pod_id: string;
  cluster_id: string;
  tags: Generated<string[]>;
  /** That the new host gets. */
  resource_state: Generated<'Enabled' | 'Disabled'>;
  created: Generated<Date>;
  expires: Date;
  used: Date | null;
  host_id: string | null;
}

/** What a start made from the configuration file, there or gone since. */
export interface SeedTable {
  name: 'zone' | 'physical network' | 'public range';
  id: string;
}

export interface ManagementServerTable {
  id: string;
  seq: GeneratedAlways<number>;
  name: string;
  version: string;
  /** That the API listens on. */
  address: string;
  kernel: string;
  os: string;
  /** When its machine booted. */
  booted: Date;
  started: Date;
  /** `null` while it runs, or when it died. */
  stopped: Date | null;
}
