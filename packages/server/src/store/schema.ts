import type { Insertable, Selectable, Updateable } from 'kysely';
import type {
  AccountTable,
  DomainTable,
  ProjectMemberTable,
  ProjectTable,
  ResourceLimitTable,
  RoleRuleTable,
  RoleTable,
  SessionTable,
  UserTable,
} from './tables/accounts.ts';
import type {
  AuthorityTable,
  ClusterTable,
  DedicatedVlanRangeTable,
  HostCertificateTable,
  HostTable,
  JoinTokenTable,
  ManagementServerTable,
  PhysicalNetworkTable,
  PodRangeTable,
  PodTable,
  ProviderElementTable,
  PublicRangeTable,
  SeedTable,
  ServiceProviderTable,
  StoragePoolTable,
  StorageRangeTable,
  TrafficTypeTable,
  VlanRangeTable,
  ZoneTable,
} from './tables/infrastructure.ts';
import type {
  AffinityGroupInstanceTable,
  AffinityGroupTable,
  InstanceGroupTable,
  InstanceTable,
  SshKeyPairTable,
  UserDataTable,
  VolumeTable,
} from './tables/instances.ts';
import type {
  AddressQuarantineTable,
  DiagnosticsTable,
  FirewallRuleTable,
  NetworkPermissionTable,
  NetworkTable,
  NicAddressTable,
  NicTable,
  PortForwardingRuleTable,
  PublicAddressTable,
  RouterTable,
  RouterTrafficTable,
  VlanTagTable,
} from './tables/networks.ts';
import type {
  DiskOfferingTable,
  ImageStoreTable,
  NetworkOfferingTable,
  ServiceOfferingTable,
  TemplateHostTable,
  TemplateStoreTable,
  TemplateTable,
} from './tables/offerings.ts';
import type {
  AlertTable,
  AnnotationTable,
  EventTable,
  JobTable,
  ResourceDetailTable,
  ScopedSettingTable,
  SettingTable,
  TagTable,
  UsagePeriodTable,
  UsageRecordTable,
  UsageStateTable,
  UsageTrafficTable,
  WebhookDeliveryTable,
  WebhookTable,
} from './tables/records.ts';

/** The tables as Kysely sees them, each in `tables/`; `migrations/` is where they are made. */

export type { RoleKind } from './tables/accounts.ts';
export type {
  AllocationState,
  HostResourceState,
  HostState,
  JoinTokenTable,
  ProviderElementTable,
  ProviderName,
  SeedTable,
  StoragePoolType,
  TrafficType,
} from './tables/infrastructure.ts';
export type { TemplateFormat, TemplateHostTable } from './tables/offerings.ts';

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
