import type { HealthCheck } from '@isola/model';
import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely';
import type { PhysicalNetworkTable } from './infrastructure.ts';

/** Networks, their routers, NICs, addresses and rules. */

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
  isolation_method: Selectable<PhysicalNetworkTable>['isolation_method'];
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

export interface DiagnosticsTable {
  id: string;
  router_id: string;
  outcome: ColumnType<unknown, string | undefined, string>;
  archive: Buffer | null;
  token: string | null;
  created: Generated<Date>;
}

export interface RouterTrafficTable {
  router_id: string;
  epoch: string;
  sent: number;
  received: number;
}
