import type { HypervisorKind, TemplateSpec } from '@isola/agent-protocol';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { OfferingServices } from '../../features/network-offering/services.ts';

/** Offerings and templates. */

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
