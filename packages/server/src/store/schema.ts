import type { HostLoad, HypervisorKind, TemplateSpec } from '@isola/agent-protocol';
import type { Role } from '@isola/api';
import type { HealthCheck, RoleRule } from '@isola/model';
import type {
  ColumnType,
  Generated,
  GeneratedAlways,
  Insertable,
  Selectable,
  Updateable,
} from 'kysely';
import type { AffinityType } from '../features/affinity-group/types.ts';
import type { OfferingServices } from '../features/network-offering/services.ts';

/** The tables as Kysely sees them; `migrations/` is where they are made. */

export interface DomainTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  parent_id: string | null;
  name: string;
  path: string;
  network_domain: string | null;
  /** `Inactive` while it is being deleted. */
  state: Generated<'Active' | 'Inactive'>;
  created: Generated<Date>;
}

/** What an account of the role may see and rule: everything, its domain and those below, or itself. */
export type RoleKind = Role;

export interface ResourceLimitTable {
  account_id: string | null;
  domain_id: string | null;
  type: string;
  max: number;
}

export interface RoleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  kind: RoleKind;
  description: Generated<string>;
  is_default: Generated<boolean>;
  is_public: Generated<boolean>;
  state: Generated<'enabled' | 'disabled'>;
  created: Generated<Date>;
}

export interface RoleRuleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  role_id: string;
  rule: string;
  permission: RoleRule['permission'];
  description: Generated<string>;
  /** Rules are tried from the lowest on. */
  position: number;
}

export interface AccountTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  domain_id: string;
  name: string;
  /** Kind of its role. */
  role: RoleKind;
  role_id: string;
  network_domain: string | null;
  /** `locked`: its users cannot call; `disabled`: its instances are stopped, too; `removed` until everything it owned is gone; then the row goes too. */
  state: Generated<'enabled' | 'locked' | 'disabled' | 'removed'>;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  /** Of a project: it has no users. */
  is_project: Generated<boolean>;
  created: Generated<Date>;
}

export interface ProjectTable {
  /** Of its account. */
  id: string;
  display_text: string;
  /** `Suspended`: nothing new is made in it and its instances are stopped. `Disabled` while it is being deleted. */
  state: Generated<'Active' | 'Suspended' | 'Disabled'>;
}

export interface ProjectMemberTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  project_id: string;
  account_id: string;
  /** `null`: the whole account is a member. */
  user_id: string | null;
  role: 'Admin' | 'Regular';
  created: Generated<Date>;
}

export interface UserTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  username: string;
  password_hash: string;
  first_name: string;
  last_name: string;
  email: string;
  timezone: string | null;
  state: Generated<'enabled' | 'locked' | 'disabled'>;
  api_key: string | null;
  /** Sealed: `identity/secret.ts`. */
  secret_key: string | null;
  key_from: Date | null;
  key_until: Date | null;
  /** Wrong passwords since the last right one. */
  failed_logins: Generated<number>;
  created: Generated<Date>;
}

export interface SessionTable {
  token_hash: string;
  session_key_hash: string;
  user_id: string;
  created: Generated<Date>;
  last_used: Generated<Date>;
}

export interface SettingTable {
  name: string;
  value: string;
}

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

export interface ServiceOfferingTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  display_text: string;
  cpu_number: number;
  cpu_speed: number;
  memory_mib: number;
  network_rate: number | null;
  host_tags: string | null;
  offer_ha: Generated<boolean>;
  is_system: Generated<boolean>;
  is_default: Generated<boolean>;
  /** Whether an instance is held to its share of the CPU when the host is idle. */
  limit_cpu_use: Generated<boolean>;
  storage_type: Generated<string>;
  system_vm_type: string | null;
  /** `Removed`: only what has it already knows it. */
  state: Generated<'Active' | 'Inactive' | 'Removed'>;
  sort_key: Generated<number>;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  domain_ids: Generated<string[]>;
  zone_ids: Generated<string[]>;
  created: Generated<Date>;
}

export interface NetworkOfferingTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  display_text: string;
  guest_ip_type: 'Isolated' | 'Shared' | 'L2';
  traffic_type: Generated<string>;
  state: Generated<string>;
  availability: Generated<string>;
  is_default: Generated<boolean>;
  services: ColumnType<OfferingServices, string, string>;
  egress_default_allow: boolean;
  conserve_mode: boolean;
  specify_vlan: boolean;
  specify_ip_ranges: Generated<boolean>;
  is_persistent: boolean;
  for_vpc: Generated<boolean>;
  network_rate: number | null;
  service_offering_id: string | null;
  max_connections: number | null;
  tags: string | null;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  domain_ids: Generated<string[]>;
  zone_ids: Generated<string[]>;
  sort_key: Generated<number>;
  created: Generated<Date>;
}

/** `ROOTFS`: a tree that the host of a single machine made itself. */
export type TemplateFormat = TemplateSpec['format'];

export interface TemplateTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  zone_id: string;
  name: string;
  display_text: string;
  hypervisor: HypervisorKind;
  format: TemplateFormat;
  os_type: string;
  type: 'SYSTEM' | 'BUILTIN' | 'USER';
  /** Bytes of the disk that it makes. */
  size_bytes: number;
  /** Bytes of its file. */
  file_bytes: Generated<number>;
  /** SHA-256 of its file (of its tree) in hex; empty until it is known. */
  checksum: string;
  /** As it was given: `{SHA-256}hex` or plain hex. */
  expected_checksum: string | null;
  is_featured: boolean;
  is_public: boolean;
  is_extractable: Generated<boolean>;
  password_enabled: Generated<boolean>;
  url: string | null;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  /** `Inactive` while it is being deleted. */
  state: Generated<'Active' | 'Inactive'>;
  created: Generated<Date>;
}

export interface ImageStoreTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  name: string;
  url: string;
  provider: 'Local' | 'NFS';
  is_readonly: Generated<boolean>;
  total_bytes: number | null;
  used_bytes: number | null;
  created: Generated<Date>;
}

export interface TemplateStoreTable {
  template_id: string;
  store_id: string;
  state: Generated<'Creating' | 'Ready' | 'Failed' | 'Destroying'>;
  download_state: Generated<
    'NOT_DOWNLOADED' | 'DOWNLOAD_IN_PROGRESS' | 'DOWNLOADED' | 'DOWNLOAD_ERROR'
  >;
  download_percent: Generated<number>;
  error: string | null;
  /** Inside the store. */
  path: string | null;
  created: Generated<Date>;
  updated: Generated<Date>;
}

export interface TemplateHostTable {
  template_id: string;
  host_id: string;
  state: 'Copying' | 'Ready' | 'Failed';
  error: string | null;
  updated: Generated<Date>;
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

export interface SshKeyPairTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  fingerprint: string;
  public_key: string;
  created: Generated<Date>;
}

export interface NetworkTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  physical_network_id: string;
  account_id: string;
  domain_id: string;
  offering_id: string;
  name: string;
  display_text: string;
  /** `null`, as the gateway, for an L2 network. */
  cidr: string | null;
  gateway: string | null;
  guest_type: Generated<'Isolated' | 'Shared' | 'L2'>;
  acl_type: Generated<'Account' | 'Domain'>;
  subdomain_access: Generated<boolean>;
  /** Of a shared network: the addresses that instances may have. */
  first_address: string | null;
  last_address: string | null;
  /** Of a shared network, whose gateway is somebody else's: the router's own. */
  router_address: string | null;
  /** The part of the network that instances get addresses from; `null`: all of it. */
  vm_cidr: string | null;
  external_id: string | null;
  network_domain: string;
  dns: string[];
  state: Generated<'Allocated' | 'Implementing' | 'Implemented' | 'Shutdown' | 'Destroy'>;
  desired_state: Generated<'Allocated' | 'Implemented' | 'Destroyed'>;
  generation: Generated<number>;
  applied_generation: Generated<number>;
  full_generation: Generated<number>;
  resync_generation: Generated<number>;
  replace_generation: Generated<number>;
  requested_vlan: number | null;
  vlan: number | null;
  display_network: Generated<boolean>;
  public_mtu: Generated<number>;
  private_mtu: Generated<number>;
  idle_since: Date | null;
  failure: string | null;
  created: Generated<Date>;
}

export interface VlanTagTable {
  physical_network_id: string;
  /** As of its physical network: no two networks of a zone have the same tag by the same method. */
  zone_id: string;
  isolation_method: PhysicalNetworkRow['isolation_method'];
  tag: number;
  network_id: string;
}

export interface RouterTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  network_id: string;
  host_id: string;
  name: string;
  control_address: string;
  control_mac: string;
  guest_mac: string;
  public_mac: string | null;
  state: 'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Destroying' | 'Error';
  desired_state: 'Running' | 'Stopped' | 'Destroyed';
  replaces: string | null;
  reboot_generation: Generated<number>;
  rebooted_generation: Generated<number>;
  reachable: Generated<boolean>;
  unreachable_reason: Generated<string>;
  fingerprint: Generated<string>;
  /** Checksum of the system template that it runs. */
  image: Generated<string>;
  template_id: string | null;
  health_checks: ColumnType<HealthCheck[], string | undefined, string>;
  health_checked: Date | null;
  /** `null`: the size that its network's offering says. */
  service_offering_id: string | null;
  /** Where its successor is to run. */
  requested_host_id: string | null;
  created: Generated<Date>;
}

export interface InstanceTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  zone_id: string;
  host_id: string | null;
  last_host_id: string | null;
  account_id: string;
  domain_id: string;
  user_id: string | null;
  name: string;
  display_name: string;
  internal_name: string;
  group_id: string | null;
  service_offering_id: string;
  template_id: string;
  key_pairs: Generated<string[]>;
  user_data: string | null;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  display_vm: Generated<boolean>;
  state: 'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Destroyed' | 'Expunging' | 'Error';
  desired_state: 'Running' | 'Stopped' | 'Destroyed' | 'Expunged';
  generation: Generated<number>;
  applied_generation: Generated<number>;
  reboot_generation: Generated<number>;
  forced: Generated<boolean>;
  failure: string | null;
  /** Whether it is started elsewhere after a failure; also decides which storage its disk is made on. */
  ha_enabled: Generated<boolean>;
  delete_protection: Generated<boolean>;
  dynamically_scalable: Generated<boolean>;
  os_type: string | null;
  sealed_password: string | null;
  user_data_id: string | null;
  user_data_details: ColumnType<Record<string, string>, string | undefined, string>;
  /** A new disk was asked for, the old one is still to go. */
  restoring: Generated<boolean>;
  /** Host that it is being moved to while it runs. */
  migration_target: string | null;
  /** Where an administrator wants the next start; cleared when it has started. */
  requested_host_id: string | null;
  requested_cluster_id: string | null;
  requested_pod_id: string | null;
  destroyed: Date | null;
  last_updated: Generated<Date>;
  created: Generated<Date>;
}

export interface NicTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  instance_id: string;
  network_id: string;
  device: number;
  mac: string;
  /** `null` in an L2 network. */
  address: string | null;
  is_default: boolean;
  generation: number;
  /** What its network knows of it. */
  state: 'Add' | 'Active' | 'Revoke';
  /** On a running instance: to be plugged in, or to be unplugged and then forgotten. */
  plug: 'In' | 'Out' | null;
  enabled: Generated<boolean>;
  created: Generated<Date>;
}

export interface PublicAddressTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  range_id: string;
  zone_id: string;
  address: string;
  state: Generated<'Free' | 'Allocating' | 'Allocated' | 'Releasing' | 'Reserved'>;
  account_id: string | null;
  domain_id: string | null;
  network_id: string | null;
  is_source_nat: Generated<boolean>;
  static_nat_nic_id: string | null;
  /** The further address of the NIC that it leads to; `null` for its first one. */
  static_nat_address: string | null;
  display: Generated<boolean>;
  generation: Generated<number>;
  allocated: Date | null;
}

/** An account beside the owner that may use a network. */
export interface NetworkPermissionTable {
  network_id: string;
  account_id: string;
  created: Generated<Date>;
}

/** What a start made from the configuration file, there or gone since. */
export interface SeedTable {
  name: 'zone' | 'physical network' | 'public range';
  id: string;
}

/** A further address of a NIC. */
export interface NicAddressTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  nic_id: string;
  network_id: string;
  address: string;
  /** Of the instance: the address is the NIC's no more, and nobody else's until its host has applied this generation. */
  release_generation: Generated<number | null>;
  created: Generated<Date>;
}

/** A public address that only the account before may have until it ends or is removed. */
export interface AddressQuarantineTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  address_id: string;
  account_id: string | null;
  domain_id: string | null;
  created: Generated<Date>;
  ends: Date;
  removed: Date | null;
  removal_reason: string | null;
  remover_id: string | null;
}

export interface FirewallRuleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  network_id: string;
  public_address_id: string | null;
  account_id: string;
  domain_id: string;
  traffic_type: 'Ingress' | 'Egress';
  protocol: string;
  first_port: number | null;
  last_port: number | null;
  icmp_type: number | null;
  icmp_code: number | null;
  sources: string[];
  destinations: Generated<string[]>;
  display: Generated<boolean>;
  port_forward_id: string | null;
  generation: number;
  state: 'Add' | 'Active' | 'Revoke';
  created: Generated<Date>;
}

export interface PortForwardingRuleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  network_id: string;
  public_address_id: string;
  account_id: string;
  domain_id: string;
  nic_id: string;
  /** The further address of the NIC that it leads to; `null` for its first one. */
  guest_address: string | null;
  protocol: string;
  public_first: number;
  public_last: number;
  private_first: number;
  private_last: number;
  display: Generated<boolean>;
  generation: number;
  state: 'Add' | 'Active' | 'Revoke';
  created: Generated<Date>;
}

export interface JobTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  command: string;
  user_id: string;
  account_id: string;
  domain_id: string;
  params: ColumnType<Record<string, unknown>, string, string>;
  status: Generated<number>;
  result_code: Generated<number>;
  result: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  object_type: string | null;
  object_id: string | null;
  waits_kind: 'network' | 'instance' | 'host' | 'removal' | null;
  waits_id: string | null;
  waits_generation: number | null;
  start_event_id: string | null;
  created: Generated<Date>;
  completed: Date | null;
}

export interface EventTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: string;
  level: string;
  state: string;
  description: string;
  account_id: string;
  domain_id: string;
  user_id: string;
  start_id: string | null;
  resource_id: string | null;
  resource_type: string | null;
  resource_name: string | null;
  archived: Generated<boolean>;
  created: Generated<Date>;
}

export interface AlertTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: number;
  name: string;
  description: string;
  subject_id: string | null;
  zone_id: string | null;
  sent: Generated<Date>;
  resolved: Date | null;
  archived: Generated<boolean>;
}

export interface TagTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  resource_type: string;
  resource_id: string;
  key: string;
  value: string;
  customer: string | null;
  account_id: string;
  domain_id: string;
}

export interface AffinityGroupTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  description: Generated<string>;
  type: AffinityType;
  created: Generated<Date>;
}

export interface AffinityGroupInstanceTable {
  group_id: string;
  instance_id: string;
}

export interface InstanceGroupTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  created: Generated<Date>;
}

/** A value of a setting at one place; one of the ids is set. */
export interface ScopedSettingTable {
  zone_id: string | null;
  cluster_id: string | null;
  image_store_id: string | null;
  domain_id: string | null;
  account_id: string | null;
  place_id: GeneratedAlways<string>;
  name: string;
  value: string;
}

export interface UserDataTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  data: string;
  params: string | null;
  created: Generated<Date>;
}

export interface DiskOfferingTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  display_text: string;
  /** `null`: chosen for each disk. */
  size_gib: number | null;
  storage_type: string;
  tags: string | null;
  display: Generated<boolean>;
  state: Generated<'Active' | 'Inactive'>;
  domain_ids: Generated<string[]>;
  zone_ids: Generated<string[]>;
  sort_key: Generated<number>;
  created: Generated<Date>;
}

export interface DiagnosticsTable {
  id: string;
  router_id: string;
  outcome: ColumnType<unknown, string | undefined, string>;
  archive: Buffer | null;
  token: string | null;
  created: Generated<Date>;
}

export interface VolumeTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  instance_id: string;
  name: string;
  size_bytes: number;
  created: Generated<Date>;
}

/** A time in which an account had something. */
export interface UsagePeriodTable {
  seq: GeneratedAlways<number>;
  type: number;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string | null;
  resource_id: string;
  name: string;
  fields: ColumnType<Record<string, unknown>, string | undefined, string>;
  started: Generated<Date>;
  ended: Date | null;
}

export interface UsageTrafficTable {
  network_id: string;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string;
  name: string;
  sent: number;
  received: number;
}

export interface RouterTrafficTable {
  router_id: string;
  epoch: string;
  sent: number;
  received: number;
}

export interface UsageRecordTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  type: number;
  account_id: string;
  account_name: string;
  domain_id: string;
  zone_id: string | null;
  resource_id: string;
  name: string;
  fields: ColumnType<Record<string, unknown>, string, string>;
  /** Hours, or bytes. */
  amount: number;
  started: Date;
  ended: Date;
}

export interface UsageStateTable {
  singleton: Generated<boolean>;
  covered: Date;
}

export interface WebhookTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  name: string;
  description: string | null;
  state: Generated<'Enabled' | 'Disabled'>;
  /** Whose events it is told of: of its account, of its domain and those below, or all. */
  scope: Generated<'Local' | 'Domain' | 'Global'>;
  payload_url: string;
  /** Sealed. */
  secret_key: string | null;
  ssl_verification: Generated<boolean>;
  created: Generated<Date>;
}

export interface WebhookDeliveryTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  webhook_id: string;
  event_id: string | null;
  event_type: string;
  payload: string;
  tries: Generated<number>;
  next_try: Generated<Date>;
  claimed_until: Date | null;
  success: boolean | null;
  headers: string | null;
  response: string | null;
  started: Generated<Date>;
  ended: Date | null;
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

export interface AnnotationTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  /** Of `features/annotation/entities.ts`. */
  entity_type: string;
  entity_id: string;
  annotation: string;
  admins_only: boolean;
  user_id: string;
  /** Whose the entity is; changes with it. Null for what nobody owns. */
  account_id: string | null;
  created: Generated<Date>;
}

export interface ResourceDetailTable {
  /** Of `features/resource-detail/resources.ts`. */
  resource_type: string;
  resource_id: string;
  key: string;
  value: string;
  /** Whether others than root administrators see it. */
  display: boolean;
}

export interface Database {
  annotations: AnnotationTable;
  resource_details: ResourceDetailTable;
  domains: DomainTable;
  accounts: AccountTable;
  projects: ProjectTable;
  project_members: ProjectMemberTable;
  resource_limits: ResourceLimitTable;
  roles: RoleTable;
  role_rules: RoleRuleTable;
  users: UserTable;
  sessions: SessionTable;
  settings: SettingTable;
  scoped_settings: ScopedSettingTable;
  usage_periods: UsagePeriodTable;
  usage_traffic: UsageTrafficTable;
  router_traffic: RouterTrafficTable;
  usage_records: UsageRecordTable;
  usage_state: UsageStateTable;
  management_servers: ManagementServerTable;
  webhooks: WebhookTable;
  webhook_deliveries: WebhookDeliveryTable;
  zones: ZoneTable;
  pods: PodTable;
  clusters: ClusterTable;
  hosts: HostTable;
  physical_networks: PhysicalNetworkTable;
  public_ranges: PublicRangeTable;
  pod_ranges: PodRangeTable;
  storage_ranges: StorageRangeTable;
  storage_pools: StoragePoolTable;
  vlan_ranges: VlanRangeTable;
  dedicated_vlan_ranges: DedicatedVlanRangeTable;
  traffic_types: TrafficTypeTable;
  service_providers: ServiceProviderTable;
  provider_elements: ProviderElementTable;
  service_offerings: ServiceOfferingTable;
  network_offerings: NetworkOfferingTable;
  templates: TemplateTable;
  image_stores: ImageStoreTable;
  template_stores: TemplateStoreTable;
  template_hosts: TemplateHostTable;
  authority: AuthorityTable;
  host_certificates: HostCertificateTable;
  join_tokens: JoinTokenTable;
  ssh_key_pairs: SshKeyPairTable;
  networks: NetworkTable;
  vlan_tags: VlanTagTable;
  routers: RouterTable;
  instances: InstanceTable;
  affinity_groups: AffinityGroupTable;
  affinity_group_instances: AffinityGroupInstanceTable;
  instance_groups: InstanceGroupTable;
  user_data: UserDataTable;
  volumes: VolumeTable;
  disk_offerings: DiskOfferingTable;
  diagnostics: DiagnosticsTable;
  nics: NicTable;
  public_addresses: PublicAddressTable;
  address_quarantines: AddressQuarantineTable;
  nic_addresses: NicAddressTable;
  seeds: SeedTable;
  network_permissions: NetworkPermissionTable;
  firewall_rules: FirewallRuleTable;
  port_forwarding_rules: PortForwardingRuleTable;
  jobs: JobTable;
  events: EventTable;
  alerts: AlertTable;
  tags: TagTable;
}

export type DomainRow = Selectable<DomainTable>;
export type RoleRow = Selectable<RoleTable>;
export type AccountRow = Selectable<AccountTable>;
export type ProjectMemberRow = Selectable<ProjectMemberTable>;
export type AnnotationRow = Selectable<AnnotationTable>;
export type UserRow = Selectable<UserTable>;
export type SessionRow = Selectable<SessionTable>;
export type ZoneRow = Selectable<ZoneTable>;
export type PodRow = Selectable<PodTable>;
export type ClusterRow = Selectable<ClusterTable>;
export type HostRow = Selectable<HostTable>;
export type PhysicalNetworkRow = Selectable<PhysicalNetworkTable>;
export type PublicRangeRow = Selectable<PublicRangeTable>;
export type PodRangeRow = Selectable<PodRangeTable>;
export type StorageRangeRow = Selectable<StorageRangeTable>;
export type StoragePoolRow = Selectable<StoragePoolTable>;
export type TrafficTypeRow = Selectable<TrafficTypeTable>;
export type ServiceProviderRow = Selectable<ServiceProviderTable>;
export type ServiceOfferingRow = Selectable<ServiceOfferingTable>;
export type NetworkOfferingRow = Selectable<NetworkOfferingTable>;
export type TemplateRow = Selectable<TemplateTable>;
export type TemplateStoreRow = Selectable<TemplateStoreTable>;
export type ImageStoreRow = Selectable<ImageStoreTable>;
export type SshKeyPairRow = Selectable<SshKeyPairTable>;
export type NetworkRow = Selectable<NetworkTable>;
export type RouterRow = Selectable<RouterTable>;
export type InstanceRow = Selectable<InstanceTable>;
export type AffinityGroupRow = Selectable<AffinityGroupTable>;
export type InstanceGroupRow = Selectable<InstanceGroupTable>;
export type UserDataRow = Selectable<UserDataTable>;
export type NicRow = Selectable<NicTable>;
export type PublicAddressRow = Selectable<PublicAddressTable>;
export type AddressQuarantineRow = Selectable<AddressQuarantineTable>;
export type FirewallRuleRow = Selectable<FirewallRuleTable>;
export type PortForwardingRuleRow = Selectable<PortForwardingRuleTable>;
export type JobRow = Selectable<JobTable>;
export type EventRow = Selectable<EventTable>;
export type WebhookRow = Selectable<WebhookTable>;
export type WebhookDeliveryRow = Selectable<WebhookDeliveryTable>;

export type NewRow<T extends keyof Database> = Insertable<Database[T]>;
export type RowPatch<T extends keyof Database> = Updateable<Database[T]>;
