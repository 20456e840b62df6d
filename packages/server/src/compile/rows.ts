import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../store/database.ts';
import type {
  FirewallRuleRow,
  NetworkOfferingRow,
  NicRow,
  PortForwardingRuleRow,
  PublicAddressRow,
} from '../store/schema.ts';

/** Generations whose rows are read: later than `from`, up to `to`. */
export interface GenerationWindow {
  readonly from: number;
  readonly to: number;
}

export type AddressSource = Pick<PublicAddressRow, 'id' | 'address' | 'state' | 'generation'> & {
  /** Length of its subnet's prefix where that is not the subnet of the network's source NAT address. */
  readonly other_prefix: number | null;
  /** Where static NAT leads to. */
  readonly guest_address: string | null;
};
export type HostSource = Pick<
  NicRow,
  'id' | 'mac' | 'address' | 'is_default' | 'state' | 'generation'
> & {
  readonly instance_name: string;
};
export type FirewallSource = Pick<
  FirewallRuleRow,
  | 'id'
  | 'traffic_type'
  | 'protocol'
  | 'first_port'
  | 'last_port'
  | 'icmp_type'
  | 'icmp_code'
  | 'sources'
  | 'destinations'
  | 'state'
  | 'generation'
> & {
  /** `null` for an egress rule, and for a rule whose address has left the network. */
  readonly public_address: string | null;
};
export type PortForwardSource = Pick<
  PortForwardingRuleRow,
  | 'id'
  | 'protocol'
  | 'public_first'
  | 'public_last'
  | 'private_first'
  | 'private_last'
  | 'state'
  | 'generation'
> & { readonly public_address: string | null; readonly guest_address: string };

/** Everything of a network that becomes items of its router's configuration. */
export interface NetworkRows {
  readonly addresses: readonly AddressSource[];
  readonly hosts: readonly HostSource[];
  readonly firewallRules: readonly FirewallSource[];
  readonly portForwards: readonly PortForwardSource[];
}

/** The rows of a network: all, or those that the window's generations changed (found by index). One statement, and one snapshot. */
export async function readRows(
  db: Db,
  network: { readonly id: string; readonly offering_id: string },
  window: GenerationWindow | null,
): Promise<NetworkRows & Pick<NetworkOfferingRow, 'services'>> {
  return db
    .selectFrom('network_offerings')
    .select([
      'services',
      jsonArrayFrom(addressesOf(db, network.id, window)).as('addresses'),
      jsonArrayFrom(hostsOf(db, network.id, window)).as('hosts'),
      jsonArrayFrom(firewallRulesOf(db, network.id, window)).as('firewallRules'),
      jsonArrayFrom(portForwardsOf(db, network.id, window)).as('portForwards'),
    ])
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
}

function within(table: string, window: GenerationWindow | null) {
  return window === null
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(`${table}.generation`)} > ${window.from} and ${sql.ref(`${table}.generation`)} <= ${window.to}`;
}

function addressesOf(db: Db, networkId: string, window: GenerationWindow | null) {
  return db
    .selectFrom('public_addresses')
    .innerJoin('public_ranges', 'public_ranges.id', 'public_addresses.range_id')
    .leftJoin('nics', 'nics.id', 'public_addresses.static_nat_nic_id')
    .where('public_addresses.network_id', '=', networkId)
    .where(within('public_addresses', window))
    .select([
      'public_addresses.id',
      'public_addresses.address',
      'public_addresses.state',
      'public_addresses.generation',
      sql<number | null>`case when not exists (
        select 1 from public_addresses nat join public_ranges main on main.id = nat.range_id
        where nat.network_id = ${networkId} and nat.is_source_nat
          and main.gateway = public_ranges.gateway and main.prefix = public_ranges.prefix) then public_ranges.prefix end`.as(
        'other_prefix',
      ),
      sql<string | null>`coalesce(public_addresses.static_nat_address, nics.address)`.as(
        'guest_address',
      ),
    ]);
}

function hostsOf(db: Db, networkId: string, window: GenerationWindow | null) {
  return db
    .selectFrom('nics')
    .innerJoin('instances', 'instances.id', 'nics.instance_id')
    .where('nics.network_id', '=', networkId)
    .where(within('nics', window))
    .select([
      'nics.id',
      'nics.mac',
      'nics.address',
      'nics.is_default',
      'nics.state',
      'nics.generation',
      'instances.name as instance_name',
    ]);
}

function firewallRulesOf(db: Db, networkId: string, window: GenerationWindow | null) {
  return db
    .selectFrom('firewall_rules')
    .leftJoin('public_addresses', join =>
      join
        .onRef('public_addresses.id', '=', 'firewall_rules.public_address_id')
        .onRef('public_addresses.network_id', '=', 'firewall_rules.network_id'),
    )
    .where('firewall_rules.network_id', '=', networkId)
    .where(within('firewall_rules', window))
    .select([
      'firewall_rules.id',
      'firewall_rules.traffic_type',
      'firewall_rules.protocol',
      'firewall_rules.first_port',
      'firewall_rules.last_port',
      'firewall_rules.icmp_type',
      'firewall_rules.icmp_code',
      'firewall_rules.sources',
      'firewall_rules.destinations',
      'firewall_rules.state',
      'firewall_rules.generation',
      'public_addresses.address as public_address',
    ]);
}

function portForwardsOf(db: Db, networkId: string, window: GenerationWindow | null) {
  return db
    .selectFrom('port_forwarding_rules')
    .innerJoin('nics', 'nics.id', 'port_forwarding_rules.nic_id')
    .leftJoin('public_addresses', join =>
      join
        .onRef('public_addresses.id', '=', 'port_forwarding_rules.public_address_id')
        .onRef('public_addresses.network_id', '=', 'port_forwarding_rules.network_id'),
    )
    .where('port_forwarding_rules.network_id', '=', networkId)
    .where(within('port_forwarding_rules', window))
    .select([
      'port_forwarding_rules.id',
      'port_forwarding_rules.protocol',
      'port_forwarding_rules.public_first',
      'port_forwarding_rules.public_last',
      'port_forwarding_rules.private_first',
      'port_forwarding_rules.private_last',
      'port_forwarding_rules.state',
      'port_forwarding_rules.generation',
      'public_addresses.address as public_address',
      sql<string>`coalesce(port_forwarding_rules.guest_address, nics.address)`.as('guest_address'),
    ]);
}

/** The rows as they stood at a generation, without those that changed since; what is being taken away since is there again. */
export function rowsBefore(rows: NetworkRows, generation: number): NetworkRows {
  const stood = (row: { generation: number; state: string }) =>
    row.generation <= generation || row.state === 'Revoke' || row.state === 'Releasing';
  return {
    addresses: rows.addresses
      .filter(stood)
      .map(row => (row.state === 'Releasing' ? { ...row, state: 'Allocated' } : row)),
    hosts: rows.hosts.filter(stood).map(unrevoked),
    firewallRules: rows.firewallRules.filter(stood).map(unrevoked),
    portForwards: rows.portForwards.filter(stood).map(unrevoked),
  };
}

function unrevoked<R extends { readonly state: 'Add' | 'Active' | 'Revoke' }>(row: R): R {
  return row.state === 'Revoke' ? { ...row, state: 'Active' } : row;
}
