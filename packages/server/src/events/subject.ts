import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../store/schema.ts';

/** What an event is about, in CloudStack's words. */
export interface Subject {
  readonly type: string;
  readonly id: string;
}

/** Where the names of what events are about are kept. Rules have none. */
export const subjectNames: Readonly<
  Record<string, readonly [table: keyof Database, column: string]>
> = {
  Account: ['accounts', 'name'],
  AffinityGroup: ['affinity_groups', 'name'],
  Cluster: ['clusters', 'name'],
  DiskOffering: ['disk_offerings', 'name'],
  Domain: ['domains', 'name'],
  DomainRouter: ['routers', 'name'],
  Host: ['hosts', 'name'],
  ImageStore: ['image_stores', 'name'],
  IpAddress: ['public_addresses', 'address'],
  Network: ['networks', 'name'],
  NetworkOffering: ['network_offerings', 'name'],
  PhysicalNetwork: ['physical_networks', 'name'],
  Pod: ['pods', 'name'],
  Project: ['accounts', 'name'],
  Role: ['roles', 'name'],
  SSHKeyPair: ['ssh_key_pairs', 'name'],
  ServiceOffering: ['service_offerings', 'name'],
  StoragePool: ['storage_pools', 'name'],
  Template: ['templates', 'name'],
  User: ['users', 'username'],
  UserData: ['user_data', 'name'],
  VirtualMachine: ['instances', 'name'],
  Volume: ['volumes', 'name'],
  Webhook: ['webhooks', 'name'],
  Zone: ['zones', 'name'],
};

/** The name of a subject as it is when the statement runs, `null` without any. */
export function nameOf(subject: Subject | undefined): RawBuilder<string | null> | null {
  const kept = subject === undefined ? undefined : subjectNames[subject.type];
  if (kept === undefined || subject === undefined) return null;
  const [table, column] = kept;
  return sql<
    string | null
  >`(select ${sql.ref(column)} from ${sql.table(table)} where id = ${subject.id})`;
}

/** The longest of these that an event's type begins with says what it is about. */
const kinds: readonly (readonly [prefix: string, type: string])[] = [
  ['ACCOUNT.', 'Account'],
  ['AG.', 'AffinityGroup'],
  ['ANNOTATION.', 'Annotation'],
  ['CLUSTER.', 'Cluster'],
  ['DELETE.USER.DATA', 'UserData'],
  ['DISK.OFFERING.', 'DiskOffering'],
  ['DOMAIN.', 'Domain'],
  ['FIREWALL.', 'FirewallRule'],
  ['GUEST.VLAN.RANGE.', 'GuestVlan'],
  ['HOST.', 'Host'],
  ['IMAGE.STORE.', 'ImageStore'],
  ['MAINT.', 'Host'],
  ['NETWORK.OFFERING.', 'NetworkOffering'],
  ['NETWORK.', 'Network'],
  ['NET.IP', 'IpAddress'],
  ['NET.RULE', 'PortForwardingRule'],
  ['NIC.', 'Nic'],
  ['PHYSICAL.NETWORK.', 'PhysicalNetwork'],
  ['POD.', 'Pod'],
  ['PROJECT.', 'Project'],
  ['REGISTER.SSH.KEYPAIR', 'SSHKeyPair'],
  ['REGISTER.USER.DATA', 'UserData'],
  ['REGISTER.USER.KEY', 'User'],
  ['ROLE.', 'Role'],
  ['ROUTER.', 'DomainRouter'],
  ['SERVICE.OFFERING.', 'ServiceOffering'],
  ['SERVICE.PROVIDER.', 'PhysicalNetworkServiceProvider'],
  ['STATICNAT.', 'IpAddress'],
  ['STORAGE.IP.RANGE.', 'StorageNetworkIpRange'],
  ['STORAGE.POOL.', 'StoragePool'],
  ['TEMPLATE.', 'Template'],
  ['UPDATE.IMAGE.STORE.', 'ImageStore'],
  ['USER.', 'User'],
  ['VLAN.IP.RANGE.', 'Vlan'],
  ['VM.', 'VirtualMachine'],
  ['VOLUME.', 'Volume'],
  ['WEBHOOK.', 'Webhook'],
  ['ZONE.', 'Zone'],
];

/** What events of a type are about, by CloudStack's name; `null` when that is nothing that has an id. */
export function subjectType(eventType: string): string | null {
  const fitting = kinds.filter(([prefix]) => eventType.startsWith(prefix));
  return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? null;
}
