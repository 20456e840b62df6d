import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { AffinityType } from '../../features/affinity-group/types.ts';

/** Instances and what they are made with. */

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
